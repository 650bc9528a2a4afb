"""The bibliography: what the Methods text may cite, whatever the wing."""

from syncohort.realism.layout import T_SNE, UMAP

# What a layout in a plane is cited by.
LAYOUTS = {T_SNE: "van der Maaten and Hinton, 2008", UMAP: "McInnes et al., 2018"}
REFERENCES = {
    "Benjamini and Hochberg, 1995": (
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to "
        "multiple testing. Journal of the Royal Statistical Society B 57(1):289–300, 1995."
    ),
    "Chen et al., 2010": (
        "Chen Y, Wiesel A, Eldar YC, Hero AO. Shrinkage algorithms for MMSE covariance estimation. IEEE Transactions "
        "on Signal Processing 58(10):5016–5029, 2010."
    ),
    "Chen et al., 2020": (
        "Chen D, Yu N, Zhang Y, Fritz M. GAN-Leaks: a taxonomy of membership inference attacks against generative "
        "models. ACM SIGSAC Conference on Computer and Communications Security, 343–362, 2020."
    ),
    "Dowson and Landau, 1982": (
        "Dowson DC, Landau BV. The Fréchet distance between multivariate normal distributions. Journal of "
        "Multivariate Analysis 12(3):450–455, 1982."
    ),
    "Giomi et al., 2023": (
        "Giomi M, Boenisch F, Wehmeyer C, Tasnádi B. A unified framework for quantifying privacy risk in synthetic "
        "data. Proceedings on Privacy Enhancing Technologies 2023(2):312–328, 2023."
    ),
    "Gretton et al., 2012": (
        "Gretton A, Borgwardt KM, Rasch MJ, Schölkopf B, Smola A. A kernel two-sample test. Journal of Machine "
        "Learning Research 13:723–773, 2012."
    ),
    "Kanehisa and Goto, 2000": (
        "Kanehisa M, Goto S. KEGG: Kyoto Encyclopedia of Genes and Genomes. Nucleic Acids Research 28(1):27–30, 2000."
    ),
    "Kingma and Ba, 2015": (
        "Kingma DP, Ba J. Adam: a method for stochastic optimization. International Conference on Learning "
        "Representations, 2015."
    ),
    "Kynkäänniemi et al., 2019": (
        "Kynkäänniemi T, Karras T, Laine S, Lehtinen J, Aila T. Improved precision and recall metric for assessing "
        "generative models. Advances in Neural Information Processing Systems 32, 2019."
    ),
    "Ledoit and Wolf, 2004": (
        "Ledoit O, Wolf M. A well-conditioned estimator for large-dimensional covariance matrices. Journal of "
        "Multivariate Analysis 88(2):365–411, 2004."
    ),
    "Lee et al., 2008": (
        "Lee E, Chuang HY, Kim JW, Ideker T, Lee D. Inferring pathway activity toward precise disease "
        "classification. PLoS Computational Biology 4(11):e1000217, 2008."
    ),
    "Lopez-Paz and Oquab, 2017": (
        "Lopez-Paz D, Oquab M. Revisiting classifier two-sample tests. International Conference on Learning "
        "Representations, 2017."
    ),
    "Mann and Whitney, 1947": (
        "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the "
        "other. Annals of Mathematical Statistics 18(1):50–60, 1947."
    ),
    "McInnes et al., 2018": (
        "McInnes L, Healy J, Melville J. UMAP: uniform manifold approximation and projection for dimension reduction. "
        "arXiv:1802.03426, 2018."
    ),
    "Mölder et al., 2021": (
        "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with Snakemake. F1000Research 10:33, 2021."
    ),
    "Naeem et al., 2020": (
        "Naeem MF, Oh SJ, Uh Y, Choi Y, Yoo J. Reliable fidelity and diversity metrics for generative models. "
        "International Conference on Machine Learning, 2020."
    ),
    "Platzer and Reutterer, 2021": (
        "Platzer M, Reutterer T. Holdout-based empirical assessment of mixed-type synthetic data. Frontiers in Big "
        "Data 4:679939, 2021."
    ),
    "Roy and Vetterli, 2007": (
        "Roy O, Vetterli M. The effective rank: a measure of effective dimensionality. European Signal Processing "
        "Conference, 606–610, 2007."
    ),
    "Sundararajan et al., 2017": (
        "Sundararajan M, Taly A, Yan Q. Axiomatic attribution for deep networks. International Conference on Machine "
        "Learning, 2017."
    ),
    "Székely and Rizzo, 2013": (
        "Székely GJ, Rizzo ML. Energy statistics: a class of statistics based on distances. Journal of Statistical "
        "Planning and Inference 143(8):1249–1272, 2013."
    ),
    "van Breugel et al., 2023": (
        "van Breugel B, Sun H, Qian Z, van der Schaar M. Membership inference attacks against synthetic data "
        "through overfitting detection. International Conference on Artificial Intelligence and Statistics, 2023."
    ),
    "van der Maaten and Hinton, 2008": (
        "van der Maaten L, Hinton G. Visualizing data using t-SNE. Journal of Machine Learning Research 9:2579–2605, "
        "2008."
    ),
    "Viñas et al., 2022": (
        "Viñas R, Andrés-Terré H, Liò P, Bryson K. Adversarial generation of gene expression data. Bioinformatics "
        "38(3):730–737, 2022."
    ),
    "Virshup et al., 2021": (
        "Virshup I, Rybakov S, Theis FJ, Angerer P, Wolf FA. anndata: annotated data. bioRxiv 2021.12.16.473007, 2021."
    ),
    "Wilcoxon, 1945": ("Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bulletin 1(6):80–83, 1945."),
}
