"""Volume cohorts: every layout gives the same manifest, and what cannot be used is told in one sentence."""

import gzip
import io
import json
import shutil
import tarfile

import nibabel
import numpy as np
import pytest

from syncohort.core.errors import InputError
from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.sources.volumes.cohort import subject_files
from syncohort.sources.volumes.inspection import read_subject
from syncohort.sources.volumes.msd import unpack_task
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.protocol import CHEST_CT

from .layouts import AFFINE, SHAPE, Folder, image, label

MODALITIES = ["t1", "t1ce", "t2", "flair"]


def test_brats_2020(brats, read):
    manifest, record = read({"brats": {"folder": str(brats.path)}})
    first = manifest.iloc[0]
    assert len(manifest) == 6
    assert first["subject_id"] == first["patient_id"] == "BraTS20_Training_001"
    assert (first["shape"], first["spacing"], first["orientation"]) == ("6×6×4", "1×1×2", "LPS")
    assert (first["necrosis"], first["oedema"], first["enhancing"], first["brain"]) == (2, 2, 2, 64)
    assert manifest["enhancing"].tolist() == [2, 2, 2, 0, 2, 2]
    assert first["coding"] == "1=1 2=2 4=3"
    flair = brats.file("BraTS20_Training_001", 3)
    assert record["inputs"][str(flair)] == sha256(flair)
    assert len(record["inputs"]) == 6 * 5


def test_brats_2023_patients_with_several_examinations(tmp_path, read):
    folder = Folder(tmp_path / "GLI", "2023")
    for examination in ("00000-000", "00000-001", "00001-000", "00002-000", "00003-000"):
        folder.add(f"BraTS-GLI-{examination}", (1, 2, 3))
    manifest, _ = read({"brats": {"folder": str(folder.path)}})
    assert manifest["patient_id"].nunique() == 4
    assert manifest["subject_id"].nunique() == 5
    assert (manifest["enhancing"] == 2).all()


def test_the_label_file_of_brats_2020_with_another_name(brats, read):
    shutil.move(
        brats.file("BraTS20_Training_003", "seg"), brats.path / "BraTS20_Training_003/W39_1998.09.19_Segm.nii.gz"
    )
    manifest, _ = read({"brats": {"folder": str(brats.path)}})
    assert manifest["oedema"].tolist() == [2] * 6


def test_msd_channels_and_labels_are_those_of_its_json(msd, read):
    manifest, _ = read({"msd": {"folder": str(msd)}})
    row = manifest.iloc[0]
    assert row["t1ce"].endswith("BRATS_001.nii.gz#2")
    assert row["coding"] == "0=0 1=2 2=1 3=3"
    subject = read_subject(subject_files(row), MODALITIES)
    # Channel 0 is FLAIR, 3 is T2; label 1 is oedema.
    assert np.array_equal(subject.images["flair"], image(0))
    assert np.array_equal(subject.images["t2"], image(3))
    assert subject.label[1, 2, 1] == 2


def test_any_folder_by_patterns(tmp_path, read):
    for number in range(5):
        for kind, name in (("t1", "T1"), ("t1ce", "T1C"), ("t2", "T2"), ("flair", "FLAIR")):
            folder = tmp_path / f"P{number}" / f"visit_P{number}a"
            write_volume(image(len(kind)), AFFINE, folder / f"scan_{name}_x{number}.nii")
        write_volume(label((3, 5, 9)), AFFINE, folder / "truth.nii")
    patterns = {kind: f"{{patient}}/visit_{{subject}}/scan_{name}_*.nii" for kind, name in
                (("t1", "T1"), ("t1ce", "T1C"), ("t2", "T2"), ("flair", "FLAIR"))}  # fmt: skip
    source = {
        "folder": str(tmp_path),
        "images": patterns,
        "label": "{patient}/visit_{subject}/truth.nii",
        "brain": None,
    }
    labels = {"necrosis": [5], "oedema": [3], "enhancing": [], "ignored": [9]}
    # Written packed under a name without .gz: NIfTI readers go by the name.
    with pytest.raises(InputError, match=r"P0a: mri.source: .*is no NIfTI file"):
        read({"folder": source}, labels=labels)
    for path in tmp_path.rglob("*.nii"):
        path.rename(path.with_name(f"{path.name}.gz"))
    source = {**source, "images": {kind: f"{pattern}.gz" for kind, pattern in patterns.items()}}
    manifest, _ = read({"folder": {**source, "label": "{patient}/visit_{subject}/truth.nii.gz"}}, labels=labels)
    assert manifest["patient_id"].tolist() == [f"P{number}" for number in range(5)]
    assert manifest["subject_id"].tolist() == [f"P{number}a" for number in range(5)]
    assert (manifest["necrosis"].tolist(), manifest["enhancing"].tolist()) == ([2] * 5, [0] * 5)


def test_the_manifest_gives_back_the_files(brats, read, tmp_path):
    manifest, _ = read({"brats": {"folder": str(brats.path)}})
    write_tsv(manifest, tmp_path / "subjects.tsv")
    again = read_tsv(tmp_path / "subjects.tsv")
    subject = read_subject(subject_files(again.iloc[5]), MODALITIES)
    assert subject.coding == {1: 1, 2: 2, 4: 3}
    assert np.array_equal(subject.label, label((1, 2, 3)))


def test_a_slice_is_a_volume_of_depth_one(tmp_path, read):
    folder = Folder(tmp_path)
    for number in range(5):
        folder.add(f"S_{number}", (1, 2, 4))
        for kind in range(4):
            write_volume(image(kind)[..., 0], AFFINE, folder.file(f"S_{number}", kind))
        write_volume(label((1, 2, 4))[..., 1:2, None], AFFINE, folder.file(f"S_{number}", "seg"))
    manifest, _ = read({"brats": {"folder": str(tmp_path)}})
    assert set(manifest["shape"]) == {"6×6×1"}


def spoil_missing(folder, name):
    folder.file(name, 2).unlink()


def spoil_label_file(folder, name):
    folder.file(name, "seg").unlink()


def spoil_shape(folder, name):
    write_volume(image(0)[:5], AFFINE, folder.file(name, 1))


def spoil_affine(folder, name):
    write_volume(image(0), AFFINE + np.diag([0.0, 0.0, 1.0, 0.0]), folder.file(name, 1))


def spoil_nan(folder, name):
    values = image(0).astype(np.float32)
    values[2, 2, 2] = np.nan
    write_volume(values, AFFINE, folder.file(name, 0))


def spoil_header(folder, name):
    volume = nibabel.load(folder.file(name, 0))
    header = volume.header.copy()
    header["srow_x"] = 0
    content = bytearray(volume.to_bytes())
    content[: len(header.binaryblock)] = header.binaryblock
    folder.file(name, 0).write_bytes(gzip.compress(content))


def spoil_tumour(folder, name):
    write_volume(np.zeros(SHAPE, dtype=np.uint8), AFFINE, folder.file(name, "seg"))


def spoil_labels(folder, name):
    write_volume(label((1, 2, 3, 4)), AFFINE, folder.file(name, "seg"))


def spoil_fractions(folder, name):
    write_volume(label((1, 2, 4)) * np.float32(0.7), AFFINE, folder.file(name, "seg"))


def spoil_dimensions(folder, name):
    write_volume(np.stack([image(0)] * 2, axis=-1), AFFINE, folder.file(name, 3))


def spoil_gzip(folder, name):
    path = folder.file(name, 0)
    write_volume(np.random.default_rng(0).normal(size=(30, 30, 30)), AFFINE, path)
    path.write_bytes(path.read_bytes()[:-5000])


def spoil_content(folder, name):
    folder.file(name, 0).write_bytes(b"<html>404</html>")


def spoil_background(folder, name):
    for kind in range(4):
        write_volume(image(kind) + np.int16(7), AFFINE, folder.file(name, kind))


def spoil_place(folder, name):
    values = np.zeros(SHAPE, dtype=np.uint8)
    values[0, 0, 0] = 4
    write_volume(values, AFFINE, folder.file(name, "seg"))


BAD = [
    (spoil_missing, r"it has no file for t2. Mend it, or leave it out with mri.exclude: \[{name}\], or mri.missing"),
    (spoil_label_file, r"it has no file for label. Mend it, or leave it out with mri.exclude: \[{name}\]\.$"),
    (spoil_shape, r"_t1ce.nii.gz has the shape 5×6×4, and .*_t1.nii.gz has 6×6×4; all volumes of a subject"),
    (spoil_affine, r"the affines of .*_t1ce.nii.gz and .*_t1.nii.gz put the same voxel up to 3.0 mm apart"),
    (spoil_nan, "_t1.nii.gz holds 1 voxels that are NaN or infinite. Mend it"),
    (spoil_header, "_t1.nii.gz has an affine that tells no place in millimetres for its voxels; mend its header. Mend"),
    (spoil_tumour, "_seg.nii.gz has no tumour, only 0. Mend it"),
    (
        spoil_labels,
        r"has the labels 1, 2, 3, 4, of which 3 mean nothing here \(known: 1, 2, 4\). Say what each means in",
    ),
    (spoil_fractions, "_seg.nii.gz should hold labels, and holds values such as 0.7"),
    (spoil_dimensions, "_flair.nii.gz has 4 dimensions, 6×6×4×2, and one volume has 3"),
    (spoil_gzip, "_t1.nii.gz could not be read: .* It may be cut off or damaged; fetch it again. Mend it"),
    (spoil_content, "_t1.nii.gz is no NIfTI file, or a damaged one; fetch it again. Mend it"),
    (spoil_background, "what is not zero in its images is everything, so the brain cannot be told from the background"),
    (spoil_place, "its tumour lies wholly outside its brain; the labels may belong to another subject"),
]


@pytest.mark.parametrize(("spoil", "sentence"), BAD, ids=[spoil.__name__ for spoil, _ in BAD])
def test_a_bad_subject_is_told_and_can_be_left_out(brats, read, spoil, sentence):
    name = "BraTS20_Training_002"
    spoil(brats, name)
    source = {"brats": {"folder": str(brats.path)}}
    with pytest.raises(InputError, match=rf"^Subject {name}: .*{sentence.format(name=name)}"):
        read(source)
    manifest, record = read(source, exclude=[name])
    assert manifest.set_index("subject_id").loc[name, ["status", "reason"]].tolist() == [
        "excluded",
        "named in mri.exclude",
    ]
    assert not [path for path in record["inputs"] if name in path]


def test_subjects_without_a_modality_can_be_dropped(brats, read):
    spoil_missing(brats, "BraTS20_Training_002")
    manifest, _ = read({"brats": {"folder": str(brats.path)}}, missing="drop_subjects")
    row = manifest.set_index("subject_id").loc["BraTS20_Training_002"]
    assert (row["status"], row["reason"], row["missing"]) == ("excluded", "lacks t2", "t2")


def test_a_modality_not_asked_for_may_be_missing(brats, read):
    spoil_missing(brats, "BraTS20_Training_002")
    manifest, _ = read({"brats": {"folder": str(brats.path)}}, modalities=["t1ce", "flair"])
    assert (manifest["status"] == "included").all()
    assert manifest["missing"].tolist() == ["", "t2", "", "", "", ""]


def test_labels_of_ones_own(brats, read):
    spoil_labels(brats, "BraTS20_Training_002")
    labels = {"necrosis": [1, 3], "oedema": [2], "enhancing": [4], "ignored": []}
    manifest, _ = read({"brats": {"folder": str(brats.path)}}, labels=labels)
    assert manifest["necrosis"].tolist() == [2, 4, 2, 2, 2, 2]


def test_several_bad_subjects_are_counted(brats, read):
    spoil_nan(brats, "BraTS20_Training_002")
    spoil_tumour(brats, "BraTS20_Training_005")
    with pytest.raises(InputError, match=r"BraTS20_Training_005\]\. 1 more subjects have problems, all in the log\.$"):
        read({"brats": {"folder": str(brats.path)}})


def test_fewer_than_five(brats, read):
    exclude = [f"BraTS20_Training_00{number}" for number in (1, 2)]
    with pytest.raises(InputError, match=r"4 subjects of 6 in .* can be used, and a volume cohort needs at least 5"):
        read({"brats": {"folder": str(brats.path)}}, exclude=exclude)


def test_excluding_nobody(brats, read):
    with pytest.raises(InputError, match=r"mri\.exclude names the subject 'BraTS20_Training_01', .*; did you mean"):
        read({"brats": {"folder": str(brats.path)}}, exclude=["BraTS20_Training_01"])


def test_a_four_under_the_names_of_2023_is_no_enhancing_tumour(tmp_path, read):
    folder = Folder(tmp_path / "GLI", "2023")
    for number in range(5):
        folder.add(f"BraTS-GLI-0000{number}-100", (1, 2, 4))
    with pytest.raises(InputError, match=r"labels 1, 2, 4, of which 4 mean nothing here \(known: 1, 2, 3\)"):
        read({"brats": {"folder": str(folder.path)}})


def test_folders_that_are_something_else(tmp_path, read, msd):
    with pytest.raises(InputError, match=r"mri\.source\.brats\.folder: there is no folder .*nowhere"):
        read({"brats": {"folder": str(tmp_path / "nowhere")}})
    with pytest.raises(InputError, match=r"has no files named as BraTS names them"):
        read({"brats": {"folder": str(msd)}})
    with pytest.raises(InputError, match=r"dataset\.json does not exist"):
        read({"msd": {"folder": str(msd / "imagesTr")}})
    source = {"folder": str(msd), "images": {"t1": "{subject}_t1.nii.gz"}, "label": "{subject}.nii.gz", "brain": None}
    with pytest.raises(
        InputError, match=r"images\.t1: no file fits the pattern '{subject}_t1\.nii\.gz'; .* has 11 files"
    ):
        read({"folder": source}, modalities=["t1"])
    with pytest.raises(InputError, match=r"label: the pattern 't1\.nii' lacks {subject}"):
        read(
            {"folder": {**source, "images": {"t1": "imagesTr/{subject}.nii.gz"}, "label": "t1.nii"}}, modalities=["t1"]
        )


def test_msd_of_another_organ(msd, read):
    path = msd / "dataset.json"
    dataset = json.loads(path.read_text())
    path.write_text(json.dumps({**dataset, "labels": {"0": "background", "1": "pancreas"}}))
    with pytest.raises(InputError, match="names 'pancreas', which a brain tumour task has not"):
        read({"msd": {"folder": str(msd)}})
    path.write_text(json.dumps({"labels": {}}))
    with pytest.raises(InputError, match=r"is not the dataset\.json of an MSD task"):
        read({"msd": {"folder": str(msd)}})


def test_two_files_of_one_kind(brats, read):
    name = "BraTS20_Training_001"
    shutil.copy(brats.file(name, 0), brats.path / f"{name}_t1.nii.gz")
    with pytest.raises(InputError, match=f"the subject {name} has two files for t1"):
        read({"brats": {"folder": str(brats.path)}})


def test_msd_from_its_archive(fetched, msd, tmp_path, read):
    """As it comes from the service: everything in a folder of its own, and beside it what macOS left there."""
    (msd / "imagesTr/._BRATS_001.nii.gz").write_bytes(b"Mac OS X")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opened:
        opened.add(msd, msd.name)
    record = fetched("msd/Task01_BrainTumour", {"Task01_BrainTumour.tar": archive.getvalue()})
    unpack_task(record, tmp_path / "unpacked")
    manifest, provenance = read({"msd": {"folder": str(tmp_path / "unpacked")}}, records=[record])
    assert manifest["subject_id"].tolist() == [f"BRATS_{number:03d}" for number in range(1, 6)]
    assert provenance["datasets"][0]["name"] == "msd/Task01_BrainTumour"
    assert provenance["datasets"][0]["files"].keys() == {"Task01_BrainTumour.tar"}


def test_a_folder_of_ct_has_the_same_manifest(tmp_path, read):
    for number in range(5):
        write_volume(image(number) - np.int16(1000), AFFINE, tmp_path / f"P{number}/ct.nii.gz")
        write_volume(label((1, 2)), AFFINE, tmp_path / f"P{number}/mask.nii.gz")
    source = {"folder": str(tmp_path), "images": {"ct": "{subject}/ct.nii.gz"}, "label": "{subject}/mask.nii.gz"}
    no_labels = {"tumour": [], "ignored": []}
    manifest, record = read({"folder": source}, protocol=CHEST_CT, modalities=["ct"], labels=no_labels)
    assert manifest.columns.tolist() == CHEST_CT.columns
    assert not {"brain", "brain_mask", "necrosis"} & set(manifest)
    assert (manifest["tumour"].tolist(), manifest["coding"].tolist()) == ([4] * 5, ["1=1 2=1"] * 5)
    assert list(record["settings"]) == ["nodule"]
    # Nothing is the background of a CT.
    subject = read_subject(subject_files(manifest.iloc[0], CHEST_CT), ["ct"], CHEST_CT)
    assert subject.brain is None
    chosen, _ = read({"folder": source}, protocol=CHEST_CT, labels={"tumour": [2], "ignored": [1]})
    assert chosen["tumour"].tolist() == [2] * 5
    with pytest.raises(InputError, match=r"labels 1, 2, of which 1 mean nothing here .* in nodule\.labels\. Mend it"):
        read({"folder": source}, protocol=CHEST_CT, labels={"tumour": [2], "ignored": []})
    with pytest.raises(InputError, match=r"^nodule\.source\.folder\.label: no file fits the pattern"):
        read({"folder": {**source, "label": "{subject}/none.nii.gz"}}, protocol=CHEST_CT, labels=no_labels)
