"""A trained model as files: read back it predicts the same; anything else is one sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from quoi.devise import model
from quoi.devise.experiment import Experiment
from quoi.devise.predict import predict_pictures
from quoi.devise.regression import Regression
from quoi.images.features import PictureFeatures, extract
from quoi.io.errors import QuoiError
from quoi.io.files import sha256
from quoi.io.geometry import unit
from quoi.params.devise import FeatureParams
from tests.devise.synthetic import CPU, data, devise
from tests.images.pictures import pixels

pytestmark = pytest.mark.usefixtures("one_thread")


def description(experiment: Experiment, **changes) -> model.DeviseDescription:
    note = experiment.data.features.note
    plain = model.DeviseDescription(
        settings=json.loads(experiment.settings.model_dump_json()),
        backbone=note.backbone,
        digest=note.digest,
        size=note.size,
        layers=len(note.widths) - 1,
        views=experiment.data.training_views,
        widths=note.widths,
        seed=1,
        labels=48,
        unseen=["label 03"],
    )
    return replace(plain, **changes)


def made(**settings):
    experiment = Experiment(data(), devise(epochs=2, **settings), CPU)
    return experiment, experiment.train(1)


@pytest.fixture
def folder(tmp_path):
    """A model's folder, to damage."""
    experiment, trained = made()
    trained.model.save(tmp_path, description(experiment))
    return tmp_path


@pytest.mark.parametrize(
    "settings",
    [{}, {"kernel": {"weight": 0}}, {"back": {"weight": 0}}, {"kernel": {"weight": 0}, "back": {"weight": 0}}],
)
def test_saved_and_loaded_it_predicts_the_same(tmp_path, settings):
    experiment, trained = made(**settings)
    views = experiment.views
    trained.model.save(tmp_path, description(experiment))
    again, described = model.load(tmp_path)
    assert (again.predict(views) == trained.model.predict(views)).all()
    assert described.unseen == ["label 03"] and described.weights == sha256(tmp_path / model.WEIGHTS).hexdigest()
    assert (again.space.apply(experiment.data.words) == experiment.places).all()
    # The pictures that no training has seen are in predictions.npy what the model predicts.
    unseen = experiment.rows(experiment.parts.test)
    assert np.allclose(trained.predictions[unseen], again.predict(views[unseen]), atol=1e-5)
    (tmp_path / "new").mkdir()
    again.save(tmp_path / "new", described)
    for name in (model.MODEL, model.WEIGHTS, model.SPACE):
        assert (tmp_path / "new" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_prediction_is_its_parts_together():
    experiment, trained = made()
    whole = trained.model
    views = experiment.views[:9]
    assert views.shape[1] == 2
    heads = unit(sum(whole.head.predict(whole.standard.apply(views[:, view])) for view in range(2)))
    averaged = whole.standard.apply(views.mean(1))
    similar = np.exp((averaged @ whole.kernel.pictures.T - 1) / 0.4) @ whole.kernel.weights
    words = unit(heads + 2.0 * unit(similar))
    looks = unit((averaged - whole.middle) @ whole.looks)
    assert np.allclose(whole.predict(views), unit(np.concatenate([words, looks], 1)), atol=1e-5)
    assert np.allclose(replace(whole, looks=None).predict(views), words, atol=1e-5)
    assert np.allclose(replace(whole, looks=None, kernel=None).predict(views), heads, atol=1e-5)


def test_training_pictures_are_left_out_of_the_kernel_that_predicts_them():
    experiment, trained = made()
    views = experiment.views
    whole, row = replace(trained.model, looks=None), 5
    others = np.arange(len(experiment.bank)) != row
    goals = experiment.goals
    pictures = whole.kernel.pictures
    without = Regression.fit(pictures[others], goals[others], whole.kernel.similarity, experiment.settings.kernel.ridge)
    left_out = whole.predict(views, (experiment.bank, np.arange(len(others))))
    own = experiment.bank[row : row + 1]
    assert np.allclose(left_out[own], replace(whole, kernel=without).predict(views[own]), atol=1e-4)
    assert not np.allclose(left_out[own], whole.predict(views[own]), atol=1e-2)


def test_predictions_do_not_depend_on_the_others(folder):
    whole, _ = model.load(folder)
    views = data(seed=2).features.vectors[:, :2]
    apart = np.concatenate([whole.predict(views[row : row + 1]) for row in range(len(views))])
    assert np.allclose(whole.predict(views), apart, atol=1e-5)


def one_sentence(folder, said: str) -> None:
    with pytest.raises(QuoiError) as raised:
        model.load(folder)
    sentence = str(raised.value)
    assert said in sentence and "\n" not in sentence and str(folder) in sentence


def rewrite(folder, **changes) -> None:
    """Change tensors, and have model.json name the new file."""
    tensors = load_file(folder / model.WEIGHTS) | changes
    save_file({name: value for name, value in tensors.items() if value is not None}, folder / model.WEIGHTS)
    described = json.loads((folder / model.MODEL).read_text())
    described["weights"] = sha256(folder / model.WEIGHTS).hexdigest()
    (folder / model.MODEL).write_text(json.dumps(described))


def test_what_is_absent(folder):
    one_sentence(folder / "nowhere", "does not exist yet")
    (folder / model.SPACE).rename(folder / "aside")
    one_sentence(folder, "space.safetensors does not exist yet")
    (folder / model.WEIGHTS).unlink()
    one_sentence(folder, "is missing or not the file that model.json names")


def test_what_is_damaged(folder):
    whole = {name: (folder / name).read_bytes() for name in (model.MODEL, model.WEIGHTS, model.SPACE)}
    flipped = bytearray(whole[model.WEIGHTS])
    flipped[-1] ^= 1
    for name, content, said in (
        (model.WEIGHTS, bytes(flipped), "is missing or not the file that model.json names"),
        (model.WEIGHTS, b"", "is missing or not the file that model.json names"),
        (model.SPACE, whole[model.SPACE][:-1], "is damaged"),
        (model.MODEL, b"{", "is not valid JSON"),
        (model.MODEL, b"[]", "is not what this version of quoi writes"),
        (model.MODEL, b'{"backbone": "x"}', "is not what this version of quoi writes"),
    ):
        (folder / name).write_bytes(content)
        one_sentence(folder, said)
        (folder / name).write_bytes(whole[name])
    model.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"middle": None},
        {"kernel.pictures": None},
        {"standard.scale": None},
        {"head.layers.6.bias": None},
        {"head.layers.6.bias": np.zeros(5, np.float32)},
    ],
)
def test_weights_of_another_model(folder, changes):
    rewrite(folder, **changes)
    one_sentence(folder, "holds no model that this version of quoi can read")


def test_settings_that_nobody_can_read(folder):
    described = json.loads((folder / model.MODEL).read_text())
    # The last one's keys were called so in an earlier version.
    for change in ({"hidden": "many", "epochs": -1}, {"something": "new"}, {"spread": 0.5}):
        (folder / model.MODEL).write_text(json.dumps(described | {"settings": described["settings"] | change}))
        one_sentence(folder, "holds no model that this version of quoi can read")


@pytest.fixture(scope="module")
def seeing(lite0, tmp_path_factory):
    """A model of 30 labels that differ by colour, on features of the real backbone."""
    folder = tmp_path_factory.mktemp("seeing")
    random = np.random.default_rng(1)
    pictures = [pixels(40, 40).convert("RGB") for _ in range(30)]
    for picture in pictures:
        picture.paste(tuple(random.integers(0, 256, 3).tolist()), (0, 0, 30, 40))
    extract(pictures, lite0, FeatureParams(size=64, views=["flip", "rotated"]), folder / "features")
    features, plain = PictureFeatures.open(folder / "features"), data()
    few = replace(
        plain, features=features, label_of=np.arange(30), source_split=[None] * 30, labels=plain.labels[:30],
        words=plain.words[:30], classes=random.standard_normal((1000, 8)).astype(np.float32),
    )  # fmt: skip
    experiment = Experiment(few, devise(epochs=2), CPU)
    trained = experiment.train(1)
    trained.model.save(folder, description(experiment))
    return folder, pictures, experiment, trained


def test_pictures_from_outside_are_predicted_as_those_of_the_data(seeing):
    folder, pictures, experiment, trained = seeing
    unseen = experiment.rows(experiment.parts.test)
    made = predict_pictures([pictures[row] for row in unseen], folder)
    assert np.allclose(made, trained.predictions[unseen], atol=1e-3)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5) and made.dtype == np.float32
    (alone,) = predict_pictures([pictures[unseen[-1]]], folder)
    assert np.allclose(alone, made[-1], atol=1e-4)
    # They differ.
    assert (made @ made.T)[np.triu_indices(len(made), 1)].max() < 0.999


def test_another_backbone_is_refused(seeing, tmp_path):
    _, pictures, experiment, trained = seeing
    trained.model.save(tmp_path, description(experiment, digest="0" * 64))
    with pytest.raises(QuoiError) as raised:
        predict_pictures(pictures[:1], tmp_path)
    sentence = f"{tmp_path} was trained with other weights of efficientnet-lite0: run `dvc repro`."
    assert str(raised.value) == sentence
    trained.model.save(tmp_path, description(experiment, backbone="resnet19"))
    with pytest.raises(QuoiError, match="There is no backbone 'resnet19'"):
        predict_pictures(pictures[:1], tmp_path)
    with pytest.raises(QuoiError, match="does not exist yet"):
        predict_pictures(pictures[:1], tmp_path / "nowhere")
