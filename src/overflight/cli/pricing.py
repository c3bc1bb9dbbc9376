"""`overflight batch --without`: the price of an airspace, printed, written and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from overflight.cli.options import Options, OutputFile, keep_apart, today
from overflight.cli.tables import Cell, csv_text, table_text
from overflight.cli.writing import aside, emit, emit_bytes, note
from overflight.outside.printable import json_text
from overflight.rules.avoid import KEPT_KM

if TYPE_CHECKING:
    from overflight.batch import Progress
    from overflight.costs.pacing import Wind
    from overflight.pricing import Price, Sum

__all__ = ["priced_batch"]

WHOLE, LEFT = 0, 1
ENDINGS = {".parquet": "rows", ".pq": "rows", ".html": "map", ".json": "json", ".csv": "csv"}
COUNTS = ("affected", "detours", "ends_there", "closed_off", "not_found")
FIGURES = ("km", "time_min", "fuel_t", "co2_t")
TITLES = ("by", "what", "flights", "detours", "end there", "no way", "km", "km at least", "hours", "fuel, t", "CO2, t")


def priced_batch(
    inputs: Sequence[str],
    output: Path | None,
    options: Options,
    columns: dict[str, str | None],
    *,
    without: str,
    each: bool,
    aircraft: str,
    wind: Wind,
    form: str | None,
    map_file: Path | None,
    threads: int | None,
    scheduler: str | None,
    tell: Callable[[Progress], None],
) -> int:
    """Price an airspace for the flights of Parquet files; 1 where rows were refused, or no way was found for some."""
    from overflight._crossings.compiled import processors
    from overflight.batch.settings import Settings
    from overflight.pricing.asking import priced
    from overflight.pricing.drawing import page_of
    from overflight.pricing.flown import columns_of, files_in, flown_in
    from overflight.pricing.searching import Makers, Terms
    from overflight.pricing.words import sentence

    if not inputs:
        raise click.UsageError("give Parquet files: IN.parquet --without POL")
    kind = _kind(output)
    if kind == "map":
        if map_file is not None:
            raise click.UsageError(f"-o {output} and --map {map_file} both ask for the map: give one of them")
        map_file, output = output, None
    output = None if output is None else OutputFile().convert(output, None, None)
    keep_apart(output, map_file, form)
    files = files_in(inputs)
    found = columns_of(files, columns, dated=options.on is None)
    settings = Settings(
        columns=found,
        on=options.on or today(),
        avoid=options.avoid or (),
        never=options.never or (),
        allow=options.allow or (),
        view=options.view,
        blocs=options.blocs,
        operator=options.operator,
    )
    terms = Terms(settings, KEPT_KM if options.margin_km is None else options.margin_km)
    terms.closing(without)  # before any file is read
    note(_asked(files, settings.on, found.date, without, each=each))
    price = priced(
        flown_in(files, settings),
        terms,
        without=without,
        each=each,
        aircraft=aircraft,
        wind=wind,
        makers=Makers(threads or processors(), scheduler, tell),
    )
    if map_file is not None:
        if price.pairs():
            emit_bytes(page_of(price).html(), map_file)
        else:
            note(f"no flight flies a detour: {map_file} is not drawn")
    if kind == "rows" and output is not None:
        emit_bytes(_parquet(price), output)
    for text in [sentence(price), *_remarks(price)]:
        note(text)
    with aside(map_file):
        emit(
            _printed(price, form or (kind if kind in {"json", "csv"} else "table")), None if kind == "rows" else output
        )
    return LEFT if price.refused or any(one.not_found for one in price.totals()) else WHOLE


def _kind(output: Path | None) -> str | None:
    """Tell by its ending what is to be written."""
    if output is None or str(output) == "-":
        return None
    kind = ENDINGS.get(output.suffix.lower())
    if kind is None:
        msg = f"-o {output}: with --without, the ending says what is written: .parquet (a row for flights of each way "
        raise click.UsageError(msg + "and day), .html (the map), .json or .csv (the sums)")
    return kind


def _asked(files: Sequence[Any], on: Any, date: str | None, without: str, *, each: bool) -> str:  # noqa: ANN401
    when = f"each on its {date!r}" if date else f"on {on}"
    closed = f"each state of {without} closed by itself" if each else f"{without} closed"
    return f"{len(files)} file{'s' * (len(files) != 1)}; {when}; {closed}"


def _remarks(price: Price) -> Iterator[str]:
    facts = price.facts
    yield f"figures are estimates: {'; '.join(facts['assumptions']) or facts['aircraft']}"
    if unknown := facts.get("aircraft_not_known"):
        count = sum(unknown.values())
        some = ", ".join(repr(word[:20]) for word in list(unknown)[:5])
        yield f"note: {count:,} flights of aircraft that are not known ({some}) count as {facts['aircraft']}"
    if price.refused:
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(price.refused.items()))
        yield f"note: rows that are no flights, not counted: {told}"
    if price.grounded:
        yield f"note: {price.grounded:,} flights have no lawful way as it is, and are not counted"


def _printed(price: Price, form: str) -> str:
    from overflight.pricing.words import sentences

    if form == "json":
        return json_text({**price.to_dict(), "sentences": sentences(price)}, indent=1) + "\n"
    lines = [(by, one) for by, some in _parts(price) for one in some]
    if form == "csv":
        header = ("by", "what", *COUNTS, *(f"{name}_{end}" for name in FIGURES for end in ("low", "typical", "high")))
        return csv_text(header, [_full(by, one) for by, one in lines])
    return table_text(TITLES, [_short(by, one) for by, one in lines])


def _parts(price: Price) -> Iterator[tuple[str, Sequence[Sum]]]:
    yield "closed", price.totals()
    if len(price.closures) == 1 and len(price.by_state()) > 1:
        yield "state", price.by_state()
    yield "day", price.by_day()


def _full(by: str, one: Sum) -> list[Cell]:
    figures = [getattr(one, name).to_dict() for name in FIGURES]
    return [by, one.what, *(getattr(one, name) for name in COUNTS), *(value for f in figures for value in f.values())]


def _short(by: str, one: Sum) -> list[Cell]:
    counts: list[Cell] = [one.affected, one.detours, one.ends_there, one.closed_off + one.not_found]
    typical = (one.km.typical, one.km.low, one.time_min.typical / 60.0, one.fuel_t.typical, one.co2_t.typical)
    return [by, one.what, *counts, *(round(value, 1) for value in typical)]


def _parquet(price: Price) -> bytes:
    """Write a row for the flights of each way, day and aircraft, figures of one flight."""
    import pyarrow as pa

    from overflight.batch.schema import parquet_bytes

    table = pa.Table.from_pandas(price.to_frame(), preserve_index=False)
    return parquet_bytes(table, {**price.facts, "without": list(price.closures), "flights": price.flights})
