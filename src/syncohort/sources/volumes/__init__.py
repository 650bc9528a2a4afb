"""Volume cohorts: where the images of each subject are, what they hold, and which subjects can be used."""
