"""What a designer may choose from for the catalogue of indicators, described in Indonesian."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import indicating

FUNCTIONS = (
    HostFunction(
        "catalogue_basis",
        indicating.catalogue_basis,
        {},
        "context<vision: string, missions: list<context<text: string>>, "
        "goals: list<context<mission: string, text: string>>>",
        "Visi, misi, dan tujuan dari katalog terbaru, sebagai isian awal.",
    ),
    HostFunction(
        "catalogue_offices",
        indicating.catalogue_offices,
        {},
        "list<context<path: string, name: string, head: number, public_facing: boolean>>",
        "Perangkat daerah dengan pimpinannya, yang menyusun indikator (IKU).",
    ),
    HostFunction(
        "catalogue_orphans",
        indicating.catalogue_orphans,
        {"goals": "list<context>", "indicators": "list<context>"},
        "context<missions: list<string>, goals: list<string>>",
        "Kode misi dan tujuan yang tidak diukur indikator mana pun.",
    ),
)
SERVICES = (
    ServiceTask(
        "publish_catalogue",
        indicating.publish_catalogue,
        {"vision": "string", "goals": "list<context>", "indicators": "list<context>"},
        "context<year: number, version: number, indicators: number>",
        "Menerbitkan katalog tahun itu sebagai versi baru; versi lama tetap tersimpan.",
    ),
)
