"""KEGG REST (rest.kegg.jp): /get, /link, /list, /conv and /info, of an invented pathway hsa99901.

Nothing of KEGG is in the repository. Where the folder of real data lies beside the checkout, its snapshot of KEGG's
pathways is served as well, in the same form but for the Entrez ids, which are invented.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from tests.services.exchange import Answer, Request, text_answer

SNAPSHOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "kegg"
RELEASE = "pathway          KEGG Pathway Database\npath             Release 120.0+/11-20, Nov 26\n"
MOST_ENTRIES = 10


@dataclass(frozen=True)
class Pathway:
    """One pathway: name, and Entrez id → symbol, which is None where KEGG has none."""

    name: str
    genes: dict[str, str | None]


# Symbols are those of simulated cohorts, so that a whole run can be made of them; the last gene has none.
INVENTED = Pathway("Invented signalling", {**{str(900000 + n): f"GENE{n:04d}" for n in range(1, 31)}, "900031": None})


@functools.cache
def pathways() -> dict[str, Pathway]:
    """Pathways by id."""
    found = {"hsa99901": INVENTED}
    for entrez in SNAPSHOT.glob("*_entrez_*.gmt"):
        titles = dict(line.split("\t")[:2] for line in entrez.read_text().splitlines())
        (symbols,) = SNAPSHOT.glob("*_symbols_*.gmt")
        for line in symbols.read_text().splitlines():
            name, _, *genes = line.split("\t")
            # The two files are sorted each in its way, so which id has which symbol is not known.
            found[name] = Pathway(titles[name], {str(number): gene for number, gene in enumerate(genes, start=1)})
    return found


def answer(request: Request) -> Answer | None:
    """Answer as the real service: 400 for what it does not understand, 404 for what it does not have."""
    match request.path.strip("/").split("/"):
        case ["info", "pathway"]:
            return text_answer(f"{RELEASE}                 Kanehisa Laboratories\n")
        case ["get", entries]:
            names = [re.sub("^path(way)?:", "", entry) for entry in entries.split("+")][:MOST_ENTRIES]
            text = "".join(flat_file(name, pathways()[name]) for name in names if name in pathways())
            return text_answer(text) if text else text_answer("\n", 404)
        case ["link", "hsa", entry] if (name := entry.removeprefix("path:")) in pathways():
            return text_answer("".join(f"path:{name}\thsa:{gene}\n" for gene in pathways()[name].genes))
        case ["list", "pathway", "hsa"]:
            lines = (f"{name}\t{pathway.name} - Homo sapiens (human)\n" for name, pathway in pathways().items())
            return text_answer("".join(lines))
        case ["conv", "ncbi-geneid", "hsa"]:
            genes = sorted({gene for pathway in pathways().values() for gene in pathway.genes}, key=int)
            return text_answer("".join(f"hsa:{gene}\tncbi-geneid:{gene}\n" for gene in genes))
        case ["link" | "get" | "list" | "conv", *_]:
            return text_answer("\n", 404)
    return text_answer("\n", 400)


def flat_file(name: str, pathway: Pathway) -> str:
    """Write a pathway in KEGG's format: keys in the first twelve characters, `///` at the end."""
    lines = [
        f"{'ENTRY':12}{name:28}Pathway",
        f"{'NAME':12}{pathway.name} - Homo sapiens (human)",
        f"{'DESCRIPTION':12}GENE here is no key; nor is what follows.",
        f"{'':12}A description goes on in a second line.",
        f"{'CLASS':12}Human Diseases; Cancer: specific types",
        f"{'PATHWAY_MAP':12}{name}  {pathway.name}",
        f"{'DISEASE':12}H00021  Invented disease",
        f"{'ORGANISM':12}Homo sapiens (human) [GN:hsa]",
    ]
    for number, (gene, symbol) in enumerate(pathway.genes.items()):
        text = (
            f"{symbol}; protein of {symbol} [KO:K{number:05d}] [EC:2.7.11.1]" if symbol else "uncharacterized protein"
        )
        lines.append(f"{'' if number else 'GENE':12}{gene}  {text}")
    lines += [f"{'REFERENCE':12}PMID:00000000", f"{'  AUTHORS':12}Nobody N.", f"{'KO_PATHWAY':12}ko{name[3:]}", "///"]
    return "\n".join(lines) + "\n"
