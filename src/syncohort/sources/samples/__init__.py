"""Samples: who each is from, tumour or normal, which to keep, and their covariates under shared names."""
