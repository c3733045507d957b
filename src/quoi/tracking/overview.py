"""What MLflow shows of an experiment first: its description with scores and pictures, its parent runs, its views."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from quoi import params
from quoi.params.translation import SCORES
from quoi.records import devise_record, results, training
from quoi.records.results import SWITCHES, smaller_is_better
from quoi.repo.digests import of_listing, of_path
from quoi.report import devise_scores, progression, style
from quoi.tracking import parents, record, store
from quoi.tracking.record import Record
from quoi.tracking.store import ABOUT, NOTE_TAG, SEEDS_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

VIEW_TAG = "mlflow.sharedViewState."
SCORES_VIEW = "quoi-scores"
SHOWN_TAG = "quoi.shown"
"""The digest of the report's files that the description shows."""
SHOWN = "report"
"""Where the run that has them keeps them."""
_WIDEST = 900  # pixels
_LONGEST = 20_000  # characters of an experiment's tag that MLflow takes
_TRAINING = "workflowType=machine_learning"  # else MLflow opens what the browser saw last, at first that for agents


@dataclass(frozen=True)
class Overview:
    """What to show of an experiment.

    Attributes:
        variants: the records of its seeds by variant, in the order of params.yaml.
        tables: of the scores, as Markdown.
        scores: those to give a spread and an interval of, and to draw.
        main: of these, those that are the first columns; of the first, the interval too.
        curves: metrics to draw by epoch.
        settings: parameters that are columns.
        pictures: files of the report to show, by what they are.
        pages: files of the report to link to, by what they are.
    """

    variants: Mapping[str, Mapping[int, Record]]
    colours: Mapping[str, str]
    tables: str
    scores: Sequence[str]
    main: Sequence[str]
    curves: Sequence[str]
    settings: Sequence[str]
    pictures: Mapping[str, str]
    pages: Mapping[str, str]


def renew(client: MlflowClient, root: Path | str = ".") -> None:
    """Make the parent runs, descriptions and views of the experiments anew, as far as they have changed.

    Raises:
        QuoiError: the store is locked or damaged, or a record is not whole.
    """
    root = Path(root)
    for experiment, shown in ((store.EXPERIMENT, _translation(root)), (devise_record.EXPERIMENT, _devise(root))):
        if shown is None or client.get_experiment_by_name(experiment) is None:
            continue
        with store.explained():
            if ids := parents.renew(client, experiment, shown.variants, shown.scores, shown.colours):
                _describe(client, experiment, shown, ids, root)


def address(port: int = 5000) -> str:
    """Where `mlflow ui` on this machine shows the variants with their scores, in its view for training."""
    made_in = store.experiment_id(store.connect())
    return f"http://127.0.0.1:{port}/#/experiments/{made_in}/runs?viewStateShareKey={SCORES_VIEW}&{_TRAINING}"


def _translation(root: Path) -> Overview | None:
    trained = {file.parent.name: file.parent for file in (root / results.VARIANTS).glob(f"*/{training.METRICS}")}
    file = root / params.PARAMS
    wanted = list(params.load(file).variants) if file.exists() else sorted(trained)
    found = [results.read(trained[name]) for name in wanted if name in trained]
    if not found:
        return None
    published = progression.published_for(found[0].parameters.get("profile", ""))
    common = progression.common_spreads(found)["lesson_loss"]
    return Overview(
        variants={result.variant: record.of_translation(result, root) for result in found},
        colours=style.colours(wanted),
        tables=f"{progression.loss_table(found, published)}\n{progression.quality_table(found)}\n"
        "Mean over the seeds ± half of its 95 % interval, from the spread of all variants' seeds "
        f"({common.df if common else 0} degrees of freedom). Losses are in nats per token: lower is better.",
        scores=SCORES,
        main=("lesson_loss", "bleu_beam", "exact"),
        curves=("lesson_loss", "token_loss_free", "token_loss_forced", "train_loss"),
        settings=[f"translation.{switch}" for switch in SWITCHES],
        pictures={
            "Loss and BLEU of every variant and seed": "reports/translation/progression.png",
            "Losses by epoch": "reports/translation/loss_curves.png",
        },
        pages={
            "the interactive page": "reports/index.html",
            "the report": "reports/translation/README.md",
            "sample translations": "reports/translation/samples.md",
        },
    )


def _devise(root: Path) -> Overview | None:
    seeds = record.of_devise(root)
    if not seeds:
        return None
    result = devise_record.read(root)
    seed_names = ", ".join(map(str, result.seeds))
    hits = [record.metric_name(f"{name}_{devise_record.HEADLINE}") for name in result.sets]
    return Overview(
        variants={devise_record.EXPERIMENT: seeds},
        colours={devise_record.EXPERIMENT: style.PALETTE[4]},
        tables=f"{devise_scores.overview(result)}\nMean ± standard deviation over seeds {seed_names}.",
        scores=hits,
        main=hits[:1],
        curves=("dev_loss", "dev_mrr", "train_loss"),
        settings=("devise.loss", "devise.targets", "features.backbone"),
        pictures={
            "hit@5 of DeViSE, its parts and the controls": "reports/devise/gallery/scores.png",
            "Pictures found by words": "reports/devise/gallery/words.png",
        },
        pages={"the interactive page": "reports/index.html", "the report": "reports/devise/README.md"},
    )


def _describe(client: MlflowClient, experiment: str, shown: Overview, ids: Mapping[str, str], root: Path) -> None:
    """Copy the report's files into the last variant's parent run, and write description and views."""
    known = client.get_experiment_by_name(experiment)
    made_in, holder = known.experiment_id, list(ids.values())[-1]
    files = {path: root / path for path in (*shown.pictures.values(), *shown.pages.values()) if (root / path).exists()}
    digest = of_listing((path, of_path(file) or "") for path, file in files.items())
    if client.get_run(holder).data.tags.get(SHOWN_TAG) != digest:
        with TemporaryDirectory() as folder:
            for path, file in files.items():
                shutil.copy(file, folder)
                if path in shown.pictures.values():
                    _shrink(Path(folder) / file.name)
            client.log_artifacts(holder, folder, SHOWN)
        client.set_tag(holder, SHOWN_TAG, digest)
    pages = f"#/experiments/{made_in}"
    views = _views(shown)
    links = [f"[{view['name']}]({pages}/runs?{view['address']}&{_TRAINING})" for view in views.values()]
    if len(ids) > 1:
        runs, within = quote(json.dumps(list(ids.values()))), quote(json.dumps([made_in]))
        said = f"The {len(ids)} parents side by side"
        links.append(f"[{said}](#/compare-runs?runs={runs}&experiments={within}&{_TRAINING})")
    reports = [
        f"[{said}]({pages}/runs/{holder}/artifacts/{SHOWN}/{Path(path).name})"
        for said, path in shown.pages.items()
        if path in files
    ]
    pictures = [
        f'<img src="get-artifact?path={SHOWN}/{Path(path).name}&run_uuid={holder}">'
        for path in shown.pictures.values()
        if path in files
    ]
    parts = [
        ABOUT[experiment],
        f"**{' · '.join(links)}** (also under *Views*, top right)",
        shown.tables,
        *pictures,
        "Each variant is a run with the means of its seeds and the ends of their 95 % intervals; its seeds are below. "
        "MLflow's own list opens without scores: the links above add them. Where the menu speaks of traces and judges, "
        "the switch at its top has to be on *Model training*.",
        f"More: {', '.join(reports)}." if reports else "",
    ]
    told = {NOTE_TAG: store.note("\n\n".join(filter(None, parts)), _LONGEST)}
    for key, view in views.items():
        # The envelope in which MLflow's pages keep a view that is saved by hand.
        envelope = {"name": view["name"], "createdAt": 0, "updatedAt": 0, "state": json.dumps(view["state"])}
        told[f"{VIEW_TAG}{key}"] = json.dumps(envelope)
    for key, value in told.items():
        if known.tags.get(key) != value:
            client.set_experiment_tag(made_in, key, value)


def _shrink(picture: Path) -> None:
    """Make a picture as small as MLflow's pages show it whole: they cut off what is wider."""
    from PIL import Image

    with Image.open(picture) as image:
        image.thumbnail((_WIDEST, image.height), Image.Resampling.LANCZOS)
        image.save(picture)


def _views(shown: Overview) -> dict[str, dict[str, Any]]:
    """The table of scores with the seeds below their parents, and the parents' curves and scores as charts."""
    scores = [*shown.main, *(f"{end}_95/{shown.main[0]}" for end in ("low", "high"))]
    scores += [score for score in shown.scores if score not in scores]
    columns = [*(f"metrics.`{score}`" for score in scores), *(f"params.`{name}`" for name in shown.settings)]
    order = {"orderByKey": "attributes.start_time", "orderByAsc": True}
    charts = [_chart("LINE", name) for name in shown.curves] + [_chart("BAR", name) for name in shown.scores]
    names = {"LINE": "By epoch, mean of the seeds", "BAR": "At the end, mean of the seeds"}
    sections = [
        {"uuid": f"quoi-{kind}", "name": name, "display": True, "isReordered": True} for kind, name in names.items()
    ]
    return {
        SCORES_VIEW: {
            "name": "Scores, seeds below their mean",
            "address": f"viewStateShareKey={SCORES_VIEW}",
            "state": {
                "searchFilter": f"tags.`{parents.PRESENT_TAG}` = 'true'",
                **order,
                "selectedColumns": columns,
                "columnOrder": columns,
            },
        },
        "quoi-progression": {
            "name": "Progression as charts",
            "address": "viewStateShareKey=quoi-progression&compareRunsMode=CHART",
            "state": {
                "searchFilter": f"tags.`{parents.PRESENT_TAG}` = 'true' and tags.`{SEEDS_TAG}` != ''",
                **order,
                "compareRunCharts": charts,
                "compareRunSections": sections,
            },
        },
    }


def _chart(kind: str, metric: str) -> dict[str, Any]:
    common = {"type": kind, "uuid": f"quoi-{kind}-{metric}", "metricKey": metric, "metricSectionId": f"quoi-{kind}"}
    chart = common | {"deleted": False, "isGenerated": False, "runsCountToCompare": 10}
    if kind == "BAR":
        return chart
    return chart | {
        "selectedMetricKeys": [metric],
        "lineSmoothness": 0,
        "scaleType": "log" if smaller_is_better(metric) else "linear",
        "xAxisScaleType": "linear",
        "xAxisKey": "step",
        "yAxisKey": "metric",
        "yAxisExpressions": [],
        "range": dict.fromkeys(("xMin", "xMax", "yMin", "yMax")),
        "useGlobalXaxisKey": True,
        "useGlobalLineSmoothing": True,
    }
