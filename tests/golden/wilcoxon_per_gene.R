# Paired Wilcoxon tests of a table with genes in rows, all tumours left, their normals right in the same order.
# Usage: Rscript wilcoxon_per_gene.R table.tsv p_values.tsv
# `plain` is the default; `digits` ranks differences to nine digits, so that equal ones tie whatever binary makes
# of them (an example of R's own help page of wilcox.test).
arguments <- commandArgs(trailingOnly = TRUE)
values <- as.matrix(read.delim(arguments[1], row.names = 1, check.names = FALSE, na.strings = ""))
tumour <- values[, seq_len(ncol(values) / 2)]
normal <- values[, -seq_len(ncol(values) / 2)]
p_value <- function(gene, ...)
  suppressWarnings(wilcox.test(tumour[gene, ], normal[gene, ], paired = TRUE, ...))$p.value
genes <- seq_len(nrow(values))
result <- data.frame(gene = rownames(values), plain = sapply(genes, p_value),
                     digits = sapply(genes, p_value, digits.rank = 9))
write.table(format(result, digits = 17, trim = TRUE), arguments[2], sep = "\t", quote = FALSE, row.names = FALSE)
