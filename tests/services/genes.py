"""The genes of the invented matrices, with the oddities that real annotations have."""

from dataclasses import dataclass

from tests.services import kegg

# The pathways of the shipped cohorts, where their genes are known.
PATHWAYS = ("hsa05211", "hsa05214")
SIMULATED = 90


@dataclass(frozen=True)
class Gene:
    """One row of an annotation: Ensembl id with version, symbol, biotype, Entrez id."""

    ensembl: str
    symbol: str
    biotype: str
    entrez: int


def annotation() -> list[Gene]:
    """Give the genes of every matrix: those of simulated cohorts and of the pathways that the KEGG service has."""
    symbols = [f"GENE{number:04d}" for number in range(1, SIMULATED + 1)]
    pathways = kegg.pathways()
    for pathway in PATHWAYS:
        if pathway in pathways:
            symbols += [symbol for symbol in pathways[pathway].genes.values() if symbol and symbol not in symbols]
    biotypes = ["lncRNA" if number % 10 == 9 else "protein_coding" for number in range(len(symbols))]
    return [
        Gene(f"ENSG{number:011d}.{number % 17 + 1}", symbol, biotype, 900000 + number)
        for number, (symbol, biotype) in enumerate(zip(symbols, biotypes, strict=True), start=1)
    ]


def with_oddities() -> list[Gene]:
    """Add what GENCODE has too: a gene of X with its copy on Y, and two genes of one symbol."""
    genes = annotation()
    return [
        *genes,
        Gene("ENSG00000999001.12", "PSEUDOAUTOSOMAL1", "protein_coding", 999001),
        Gene("ENSG00000999001.12_PAR_Y", "PSEUDOAUTOSOMAL1", "protein_coding", 999001),
        Gene("ENSG00000999002.1", "Y_RNA", "misc_RNA", 999002),
        Gene("ENSG00000999003.1", "Y_RNA", "misc_RNA", 999003),
    ]
