"""The Methods text on CT nodules, and what it cites."""

from syncohort.report.contents import CohortReport
from syncohort.report.references import LAYOUTS
from syncohort.report.rendering import templates
from syncohort.sources.volumes.cohort import included_subjects

REFERENCES = {
    "Gneiting and Raftery, 2007": (
        "Gneiting T, Raftery AE. Strictly proper scoring rules, prediction, and estimation. Journal of the American "
        "Statistical Association 102:359–378, 2007."
    ),
    "Jin et al., 2018": (
        "Jin D, Xu Z, Tang Y, Harrison AP, Mollura DJ. CT-realistic lung nodule simulation from 3D conditional "
        "generative adversarial networks for robust lung segmentation. MICCAI, 732–740, 2018."
    ),
    "Mao et al., 2017": (
        "Mao X, Li Q, Xie H, Lau RYK, Wang Z, Smolley SP. Least squares generative adversarial networks. IEEE "
        "International Conference on Computer Vision, 2813–2821, 2017."
    ),
    "Park et al., 2018": (
        "Park H, Yoo Y, Kwak N. MC-GAN: multi-conditional generative adversarial network for image synthesis. British "
        "Machine Vision Conference, 2018."
    ),
    "Setio et al., 2017": (
        "Setio AAA, Traverso A, de Bel T, et al. Validation, comparison, and combination of algorithms for automatic "
        "detection of pulmonary nodules in computed tomography images: the LUNA16 challenge. Medical Image Analysis "
        "42:1–13, 2017."
    ),
    "Székely and Rizzo, 2014": (
        "Székely GJ, Rizzo ML. Partial distance correlation with methods for dissimilarities. Annals of Statistics "
        "42(6):2382–2412, 2014."
    ),
    "Xu et al., 2019": (
        "Xu Z, Wang X, Shin HC, et al. Correlation via synthesis: end-to-end nodule image generation and "
        "radiogenomic map learning based on generative adversarial network. arXiv:1907.03728, 2019."
    ),
}


def nodule_methods(report: CohortReport) -> tuple[str, dict[str, str]]:
    """Write the paragraphs on a cohort's CT nodules, separated by empty lines, and what they may cite."""
    included = included_subjects(report.nodule.manifest)
    text = (
        templates()
        .get_template("methods_nodule.txt")
        .render(
            wing=report.nodule,
            cited=LAYOUTS,
            settings=report.settings["nodule"],
            source=next(iter(report.settings["nodule"]["source"])),
            subjects=len(included),
            patients=included["patient_id"].nunique(),
        )
    )
    return text, REFERENCES
