"""Brain MRI: prepared volumes, semantic labels, a 3D pix2pix and what it makes."""
