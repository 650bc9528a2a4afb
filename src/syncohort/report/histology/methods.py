"""The Methods text on histology, and what it cites."""

from syncohort.histology.tiling import kept_tiles
from syncohort.report.contents import CohortReport
from syncohort.report.references import LAYOUTS
from syncohort.report.rendering import templates
from syncohort.sources.volumes.cohort import included_subjects

REFERENCES = {
    "Carrillo-Perez et al., 2023": (
        "Carrillo-Perez F, Pizurica M, Ozawa MG, et al. Synthetic whole-slide image tile generation with gene "
        "expression profile-infused deep generative models. Cell Reports Methods 3(8):100534, 2023."
    ),
    "Chen et al., 2019": (
        "Chen T, Lucic M, Houlsby N, Gelly S. On self modulation for generative adversarial networks. International "
        "Conference on Learning Representations, 2019."
    ),
    "Gulrajani et al., 2017": (
        "Gulrajani I, Ahmed F, Arjovsky M, Dumoulin V, Courville A. Improved training of Wasserstein GANs. Advances in "
        "Neural Information Processing Systems 30, 2017."
    ),
    "Higgins et al., 2017": (
        "Higgins I, Matthey L, Pal A, et al. beta-VAE: learning basic visual concepts with a constrained variational "
        "framework. International Conference on Learning Representations, 2017."
    ),
    "Miyato and Koyama, 2018": (
        "Miyato T, Koyama M. cGANs with projection discriminator. International Conference on Learning "
        "Representations, 2018."
    ),
    "Otsu, 1979": (
        "Otsu N. A threshold selection method from gray-level histograms. IEEE Transactions on Systems, Man, and "
        "Cybernetics 9(1):62–66, 1979."
    ),
    "Radford et al., 2016": (
        "Radford A, Metz L, Chintala S. Unsupervised representation learning with deep convolutional generative "
        "adversarial networks. International Conference on Learning Representations, 2016."
    ),
    "Ruifrok and Johnston, 2001": (
        "Ruifrok AC, Johnston DA. Quantification of histochemical staining by color deconvolution. Analytical and "
        "Quantitative Cytology and Histology 23(4):291–299, 2001."
    ),
    "Zhang et al., 2017": (
        "Zhang H, Xu T, Li H, et al. StackGAN: text to photo-realistic image synthesis with stacked generative "
        "adversarial networks. IEEE International Conference on Computer Vision, 5907–5915, 2017."
    ),
}


def histology_methods(report: CohortReport) -> tuple[str, dict[str, str]]:
    """Write the paragraphs on a cohort's histology, separated by empty lines, and what they may cite."""
    included = included_subjects(report.histology.manifest)
    settings = report.settings["histology"]
    text = (
        templates()
        .get_template("methods_histology.txt")
        .render(
            wing=report.histology,
            settings=settings,
            cited=LAYOUTS,
            source=next(iter(settings["source"])),
            slides=included["slide_id"].nunique(),
            patients=included["patient_id"].nunique(),
            tiles=len(kept_tiles(report.histology.tiles)),
            told=report.cohort is not None,
        )
    )
    return text, REFERENCES
