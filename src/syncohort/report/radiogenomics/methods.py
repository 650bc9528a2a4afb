"""The Methods text on radiogenomics, and what it cites."""

from syncohort.core.kinds import read_kind
from syncohort.radiogenomics.search import AUTOENCODER
from syncohort.report.contents import CohortReport
from syncohort.report.rendering import templates

REFERENCES = {
    "Ohser and Mücklich, 2000": (
        "Ohser J, Mücklich F. Statistical Analysis of Microstructures in Materials Science. Wiley, 2000."
    ),
    "Phipson and Smyth, 2010": (
        "Phipson B, Smyth GK. Permutation p-values should never be zero. Statistical Applications in Genetics and "
        "Molecular Biology 9(1):39, 2010."
    ),
    "Westfall and Young, 1993": "Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley, 1993.",
    "Smedley and Hsu, 2018": (
        "Smedley NF, Hsu W. Using deep neural networks for radiogenomic analysis. IEEE International Symposium on "
        "Biomedical Imaging, 1529–1533, 2018."
    ),
    "Zwanenburg et al., 2020": (
        "Zwanenburg A, Vallières M, Abdalah MA, et al. The Image Biomarker Standardization Initiative. Radiology "
        "295(2):328–338, 2020."
    ),
}


def radiogenomics_methods(report: CohortReport) -> tuple[str, dict[str, str]]:
    """Write the paragraphs on a cohort's radiogenomics, separated by empty lines, and what they may cite."""
    settings = report.settings["radiogenomics"]
    kinds = {name: read_kind(model["kind"], "radiogenomics") for name, model in settings["models"].items()}
    text = (
        templates()
        .get_template("methods_radiogenomics.txt")
        .render(
            wing=report.radiogenomics,
            settings=settings,
            source=next(iter(settings["features"])),
            folds=report.settings["splits"]["folds"],
            features=report.radiogenomics.scores["feature"].nunique(),
            models=[
                (name, templates().from_string(kinds[name].methods or kinds[name].description).render(model))
                for name, model in settings["models"].items()
            ],
            searched=(report.radiogenomics.searches["model"] != AUTOENCODER).any(),
            tested=list(dict.fromkeys(report.radiogenomics.permutations["model"])),
            pretrained=any(model.get("pretrained") for model in settings["models"].values()),
        )
    )
    own = {key: reference for kind in kinds.values() for key, reference in kind.references.items()}
    return text, own | REFERENCES
