"""The application over HTTP: `create_app` puts the screens, the frame and the guards together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint, Flask

    from web.bootstrap import Platform

_LARGEST_BODY = 4 * 1024 * 1024
_LARGEST_FORM = 1024 * 1024


def create_app(platform: Platform) -> Flask:
    """Build the Flask application over a platform that is ready to work."""
    from flask import Flask
    from jinja2 import StrictUndefined
    from werkzeug.middleware.proxy_fix import ProxyFix

    from web import auth, errors, headers, language, nav, parts, site, watching, words
    from web.api import spec

    settings = platform.settings
    app = Flask("web", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FORM
    app.url_map.converters["number"] = site.Number
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    site.install(app, platform)
    site.close_visits(app)
    watching.install(app)
    parts.install(app)
    language.install(app, time_zone=settings.time_zone, default=settings.language)
    auth.install(app)
    nav.install(app)
    words.install(app)
    headers.install(app, https=settings.secure)
    errors.install(app)
    for screen in _screens():
        app.register_blueprint(screen)
    spec.install(app)
    return app


def _screens() -> tuple[Blueprint, ...]:
    """Import the screens, only now: the command line and workers do without them."""
    from web.absence.routes import absence
    from web.account.access import access
    from web.account.codes import second_factor
    from web.account.first import first_run
    from web.account.outside import outside
    from web.account.passkeys import passkeys
    from web.account.routes import account
    from web.account.tokens import own_tokens
    from web.accounts.roles import roles
    from web.accounts.routes import accounts
    from web.accounts.setup import setup
    from web.activity.routes import activity
    from web.agency.routes import agency
    from web.audit.exports import audit_exports
    from web.audit.population import population
    from web.audit.process_map import process_map
    from web.audit.routes import audit
    from web.audit.rule_changes import rule_changes
    from web.boards.routes import boards
    from web.campaigns.routes import campaigns
    from web.cases.routes import cases
    from web.cases.trace import trace
    from web.decrees.routes import decrees
    from web.definitions.routes import definitions
    from web.development.routes import development
    from web.health.routes import health
    from web.inbox.routes import inbox
    from web.indicators.routes import indicators
    from web.me.routes import me
    from web.operations.routes import operations
    from web.people.routes import people
    from web.receipts.routes import receipts
    from web.reports.routes import reports
    from web.start.routes import start
    from web.studio import studio
    from web.tasks.handing import handing
    from web.tasks.routes import tasks
    from web.team.routes import team

    return (
        account,
        second_factor,
        first_run,
        access,
        outside,
        passkeys,
        own_tokens,
        accounts,
        roles,
        setup,
        inbox,
        absence,
        activity,
        tasks,
        handing,
        cases,
        trace,
        audit,
        population,
        process_map,
        rule_changes,
        audit_exports,
        start,
        agency,
        campaigns,
        boards,
        me,
        indicators,
        team,
        development,
        decrees,
        definitions,
        studio,
        receipts,
        reports,
        operations,
        people,
        health,
    )
