"""The generators, one file each: what `kind` in the configuration names (docs/adding-a-generator.md)."""
