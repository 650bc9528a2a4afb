"""The models that predict image features, one file each: what `kind` in the configuration names."""
