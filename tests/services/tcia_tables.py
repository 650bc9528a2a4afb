"""The tables of The Cancer Imaging Archive (www.cancerimagingarchive.net/wp-content/uploads): NSCLC Radiogenomics."""

import csv
import functools
import io

from tests.services.exchange import Answer, Request, text_answer
from tests.services.simulation import generator
from tests.services.tcia import patients

PATH = "/NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv"
PLACES = ("RUL", "RML", "RLL", "LUL", "LLL", "L Lingula", "Unknown")


def answer(request: Request) -> Answer | None:
    """Answer as WordPress does: with a page for people where there is nothing."""
    if request.path == PATH:
        return Answer(table(), content_type="text/csv", etag='"cac0-56d0"', modified="Thu, 24 May 2018 15:00:00 GMT")
    return text_answer("<!DOCTYPE html><html><head><title>Page not found</title></head></html>", 404, "text/html")


@functools.cache
def table() -> bytes:
    """Write the clinical table: a byte order mark, a heading that ends in a blank, several words for not known."""
    rng, lines = generator("tcia", "clinical"), io.StringIO()
    writer = csv.writer(lines)
    choices = [f"Tumor Location (choice={place})" for place in PLACES]
    writer.writerow(
        [
            *("Case ID", "Patient affiliation", "Age at Histological Diagnosis", "Weight (lbs)", "Gender"),
            *("Smoking status", "Pack Years", *choices, "Histology ", "Histopathological Grade"),
            *("EGFR mutation status", "KRAS mutation status", "Survival Status", "Time to Death (days)"),
        ]
    )
    for number, name in enumerate(patients()):
        ticked = {int(rng.integers(len(PLACES) - 1)), *([5] if number % 5 == 0 else [])}
        writer.writerow(
            [name, "Stanford", 50 + number, "Not Collected", "Male" if number % 3 else "Female", "Former", "N/A"]
            + ["Checked" if place in ticked else "Unchecked" for place in range(len(PLACES))]
            + ["Adenocarcinoma", "G2 Moderately differentiated" if number % 4 else "Not Collected"]
            + ["Mutant" if number % 3 == 0 else "Wildtype", "Unknown" if number % 4 == 0 else "Wildtype", "Alive", ""]
        )
    return b"\xef\xbb\xbf" + lines.getvalue().encode()
