# Golden values of the paired test of errors: simulated differences and what R's wilcox.test makes of them with the normal
# approximation and continuity correction, as the errors of two models are compared. Run in this folder: Rscript
# signed_rank_approximate.R (made with R 4.2.2).
set.seed(20180404)
digits <- function(values) paste(format(values, digits = 15, trim = TRUE), collapse = ",")

draw <- function(kind, n, shift) switch(kind,
  continuous = round(rnorm(n, shift), 4),
  ties = sample(c(-4:-1, 1:4), n, replace = TRUE) + ifelse(runif(n) < shift / 3, 5, 0),
  zeros = c(rep(0, n %/% 4), round(rnorm(n - n %/% 4, shift), 4)),
  both = c(0, sample(-3:5, n - 1, replace = TRUE)))

rows <- data.frame()
for (n in c(8, 20, 52, 109)) for (kind in c("continuous", "ties", "zeros", "both")) for (shift in c(0, 0.5)) {
  d <- draw(kind, n, shift)
  p <- suppressWarnings(wilcox.test(d, rep(0, n), paired = TRUE, exact = FALSE, correct = TRUE))$p.value
  rows <- rbind(rows, data.frame(kind, p_value = format(p, digits = 17), differences = digits(d)))
}
write.table(rows, "signed_rank_approximate.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
