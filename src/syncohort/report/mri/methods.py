"""The Methods text on brain MRI, and what it cites."""

from syncohort.report.contents import CohortReport
from syncohort.report.rendering import templates
from syncohort.sources.volumes.cohort import included_subjects

REFERENCES = {
    "Ashburner and Friston, 2005": ("Ashburner J, Friston KJ. Unified segmentation. NeuroImage 26(3):839–851, 2005."),
    "Cardoso et al., 2022": (
        "Cardoso MJ, Li W, Brown R, et al. MONAI: an open-source framework for deep learning in healthcare. "
        "arXiv:2211.02701, 2022."
    ),
    "Isensee et al., 2021": (
        "Isensee F, Jaeger PF, Kohl SAA, Petersen J, Maier-Hein KH. nnU-Net: a self-configuring method for deep "
        "learning-based biomedical image segmentation. Nature Methods 18:203–211, 2021."
    ),
    "Isola et al., 2017": (
        "Isola P, Zhu JY, Zhou T, Efros AA. Image-to-image translation with conditional adversarial networks. IEEE "
        "Conference on Computer Vision and Pattern Recognition, 5967–5976, 2017."
    ),
    "Mao et al., 2017": (
        "Mao X, Li Q, Xie H, Lau RYK, Wang Z, Smolley SP. Least squares generative adversarial networks. IEEE "
        "International Conference on Computer Vision, 2813–2821, 2017."
    ),
    "Miyato et al., 2018": (
        "Miyato T, Kataoka T, Koyama M, Yoshida Y. Spectral normalization for generative adversarial networks. "
        "International Conference on Learning Representations, 2018."
    ),
    "Wang et al., 2004": (
        "Wang Z, Bovik AC, Sheikh HR, Simoncelli EP. Image quality assessment: from error visibility to structural "
        "similarity. IEEE Transactions on Image Processing 13(4):600–612, 2004."
    ),
    "Wang et al., 2018": (
        "Wang TC, Liu MY, Zhu JY, Tao A, Kautz J, Catanzaro B. High-resolution image synthesis and semantic "
        "manipulation with conditional GANs. IEEE Conference on Computer Vision and Pattern Recognition, 8798–8807, "
        "2018."
    ),
    "Wolny et al., 2020": (
        "Wolny A, Cerrone L, Vijayan A, et al. Accurate and versatile 3D segmentation of plant tissues at cellular "
        "resolution. eLife 9:e57613, 2020."
    ),
}


def mri_methods(report: CohortReport) -> tuple[str, dict[str, str]]:
    """Write the paragraphs on a cohort's brain MRI, separated by empty lines, and what they may cite."""
    included = included_subjects(report.mri.manifest)
    text = (
        templates()
        .get_template("methods_mri.txt")
        .render(
            wing=report.mri,
            settings=report.settings["mri"],
            subjects=len(included),
            patients=included["patient_id"].nunique(),
        )
    )
    return text, REFERENCES
