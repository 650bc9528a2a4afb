# Golden values of the gene-correlation metrics, by R's own correlation, clustering and cophenetic distances.
# Run in this folder: Rscript gene_correlation.R
set.seed(20)
genes <- 10
shared <- matrix(rnorm(3 * genes), 3)
draw <- function(samples) round(matrix(rnorm(samples * 3), samples) %*% shared + matrix(rnorm(samples * genes), samples), 3)
sets <- list(real = draw(9), synthetic = draw(7))

condensed <- lapply(sets, function(values) {
  distances <- as.dist(1 - cor(values))
  list(d = as.vector(distances), t = as.vector(cophenetic(hclust(distances, method = "complete"))))
})
samples <- do.call(rbind, lapply(names(sets), function(name) data.frame(set = name, sets[[name]])))
pairs <- with(condensed, data.frame(
  real_distance = real$d, real_cophenetic = real$t,
  synthetic_distance = synthetic$d, synthetic_cophenetic = synthetic$t
))
metrics <- with(pairs, data.frame(
  gamma_distances = cor(real_distance, synthetic_distance),
  gamma_dendrograms = cor(real_cophenetic, synthetic_cophenetic),
  cophenetic_difference = (cor(real_distance, real_cophenetic) - cor(synthetic_distance, synthetic_cophenetic))^2
))
save <- function(table, name) {
  write.table(format(table, digits = 15, trim = TRUE), paste0("gene_correlation.", name, ".tsv"),
              sep = "\t", quote = FALSE, row.names = FALSE)
}
save(samples, "samples")
save(pairs, "pairs")
save(metrics, "metrics")
