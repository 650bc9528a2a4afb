# Golden values of the rank tests: simulated numbers and what R's wilcox.test and p.adjust make of them.
# Run in this folder: Rscript wilcoxon.R (made with R 4.2.2). Only cases in which R and SciPy choose the same
# method are here: R leaves the exact signed-rank test at 50 pairs and SciPy at 51, and with ties R has no exact
# test, while SciPy flips all signs up to 13 pairs.
set.seed(20240607)
digits <- function(values) paste(format(values, digits = 15, trim = TRUE), collapse = ",")

draw <- function(kind, n, shift) switch(kind,
  continuous = round(rnorm(n, shift), 4),
  ties = sample(c(-4:-1, 1:4), n, replace = TRUE) + ifelse(runif(n) < shift / 3, 5, 0),
  zeros = c(0, 0, round(rnorm(n - 2, shift), 4)),
  both = c(0, sample(-3:5, n - 1, replace = TRUE)),
  extreme = seq_len(n) + 0.5)

signed <- data.frame()
for (n in c(6, 13, 20, 49, 51, 72, 300)) for (kind in c("continuous", "ties", "zeros", "both", "extreme"))
  for (shift in if (kind == "extreme") 0 else c(0, 0.4, 1)) {
    if (n <= 13 && kind %in% c("ties", "zeros", "both")) next
    d <- draw(kind, n, shift)
    result <- suppressWarnings(wilcox.test(d))
    signed <- rbind(signed, data.frame(kind, statistic = unname(result$statistic), ranked = sum(d != 0),
                                       p_value = format(result$p.value, digits = 17), differences = digits(d)))
  }
write.table(signed, "signed_rank.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

sums <- data.frame()
for (sizes in list(c(4, 4), c(5, 9), c(12, 20), c(30, 49), c(49, 49), c(50, 12), c(80, 60), c(200, 30)))
  for (kind in c("continuous", "ties", "zeros", "extreme"))
    for (shift in if (kind == "extreme") 0 else c(0, 0.4, 1)) {
      x <- draw(kind, sizes[1], shift)
      y <- if (kind == "extreme") -draw(kind, sizes[2], 0) else draw(kind, sizes[2], 0)
      result <- suppressWarnings(wilcox.test(x, y))
      sums <- rbind(sums, data.frame(kind, statistic = unname(result$statistic),
                                     p_value = format(result$p.value, digits = 17),
                                     tumour = digits(x), normal = digits(y)))
    }
write.table(sums, "rank_sum.tsv", sep = "\t", quote = FALSE, row.names = FALSE)

p <- c(signif(runif(40)^3, 6), 0.01, 0.01, 1, 1e-12)
adjusted <- data.frame(p_value = p, bonferroni = p.adjust(p, "bonferroni"), benjamini_hochberg = p.adjust(p, "BH"))
write.table(format(adjusted, digits = 17), "p_adjust.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
