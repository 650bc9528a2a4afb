"""The radiogenomics wing: features of tumour images predicted from gene expression."""
