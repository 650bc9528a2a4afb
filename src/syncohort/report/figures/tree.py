"""A hierarchical clustering drawn beside what it orders."""

import numpy as np
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import dendrogram


def draw_tree(axes: Axes, tree: np.ndarray, *, colour: str, upright: bool = False, width: float = 1.4) -> None:
    """Draw a linkage with leaf i at i, leaves downwards or, `upright`, side by side."""
    layout = dendrogram(tree, no_plot=True)
    for across, depth in zip(layout["icoord"], layout["dcoord"], strict=True):
        # SciPy puts leaf i at 10 i + 5.
        places = (np.array(across) - 5) / 10
        line = (places, depth) if upright else (depth, places)
        axes.plot(*line, color=colour, linewidth=width, solid_joinstyle="miter")
