"""The Methods text: what was done, in sentences made from the settings and numbers actually used."""

from collections.abc import Iterator

from syncohort.core.cohort import scale_of
from syncohort.expression.spaces import NAMED
from syncohort.report.contents import CohortReport
from syncohort.report.rendering import templates
from syncohort.report.summary import CohortNumbers

REFERENCES = {
    "Benjamini and Hochberg, 1995": (
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to "
        "multiple testing. Journal of the Royal Statistical Society B 57(1):289–300, 1995."
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
    "Gulrajani et al., 2017": (
        "Gulrajani I, Ahmed F, Arjovsky M, Dumoulin V, Courville A. Improved training of Wasserstein GANs. "
        "Advances in Neural Information Processing Systems 30, 2017."
    ),
    "Kingma and Ba, 2015": (
        "Kingma DP, Ba J. Adam: a method for stochastic optimization. International Conference on Learning "
        "Representations, 2015."
    ),
    "Kynkäänniemi et al., 2019": (
        "Kynkäänniemi T, Karras T, Laine S, Lehtinen J, Aila T. Improved precision and recall metric for assessing "
        "generative models. Advances in Neural Information Processing Systems 32, 2019."
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
    "Székely and Rizzo, 2013": (
        "Székely GJ, Rizzo ML. Energy statistics: a class of statistics based on distances. Journal of Statistical "
        "Planning and Inference 143(8):1249–1272, 2013."
    ),
    "van Breugel et al., 2023": (
        "van Breugel B, Sun H, Qian Z, van der Schaar M. Membership inference attacks against synthetic data "
        "through overfitting detection. International Conference on Artificial Intelligence and Statistics, 2023."
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
UNITS = {"counts": "counts", "tpm": "TPM", "fpkm": "FPKM"}


def methods_text(report: CohortReport) -> tuple[list[str], list[str]]:
    """Write the paragraphs of the Methods text and the references they cite, in alphabetical order."""
    scale = scale_of(report.cohort)
    versions = {"snakemake": "", **report.provenance["versions"]}
    text = (
        templates()
        .get_template("methods.txt")
        .render(
            report=report,
            settings=report.settings,
            expression=report.settings["expression"],
            numbers=CohortNumbers.of(report.cohort),
            scale=scale,
            unit=scale.unit if scale.is_log else UNITS[scale.name],
            # Each model once, whatever the number of selections it was trained on.
            models={model.name: model for selection in report.selections for model in selection.models}.values(),
            covariates=list(_covariates(report)),
            most_variable=NAMED,
            versions=versions,
            packages=[
                f"{name} {version}" for name, version in versions.items() if name not in ("syncohort", "snakemake")
            ],
        )
    )
    # Paragraphs end in two line breaks; single ones are those of the template.
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    cited = " ".join(paragraphs)
    return [paragraph for paragraph in paragraphs if paragraph], [
        reference for key, reference in REFERENCES.items() if key in cited
    ]


def _covariates(report: CohortReport) -> Iterator[str]:
    """Name what the networks are told of a sample."""
    if report.cohort.obs["condition"].nunique() > 1:
        yield "the condition"
    yield from report.settings["covariates"]["categorical"]
    yield from (f"standardised {name}" for name in report.settings["covariates"]["numeric"])
