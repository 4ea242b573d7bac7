"""The application over HTTP: `create_app` puts the screens, the frame and the guards together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from web.bootstrap import Platform

_LARGEST_BODY = 4 * 1024 * 1024
_LARGEST_FORM = 1024 * 1024


def create_app(platform: Platform) -> Flask:
    """Build the Flask application over a platform that is ready to work."""
    from flask import Flask
    from jinja2 import StrictUndefined
    from werkzeug.middleware.proxy_fix import ProxyFix

    from web import auth, errors, headers, language, nav, parts, site, watching, words
    from web.absence.routes import absence
    from web.account.codes import second_factor
    from web.account.first import first_run
    from web.account.routes import account
    from web.activity.routes import activity
    from web.agency.routes import agency
    from web.cases.routes import cases
    from web.decrees.routes import decrees
    from web.definitions.routes import definitions
    from web.development.routes import development
    from web.health.routes import health
    from web.inbox.routes import inbox
    from web.operations.routes import operations
    from web.receipts.routes import receipts
    from web.reports.routes import reports
    from web.start.routes import start
    from web.tasks.handing import handing
    from web.tasks.routes import tasks

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
    watching.install(app)
    parts.install(app)
    language.install(app, time_zone=settings.time_zone, default=settings.language)
    auth.install(app)
    nav.install(app)
    words.install(app)
    headers.install(app, https=settings.secure)
    errors.install(app)
    for screen in (
        account,
        second_factor,
        first_run,
        inbox,
        absence,
        activity,
        tasks,
        handing,
        cases,
        start,
        agency,
        development,
        decrees,
        definitions,
        receipts,
        reports,
        operations,
        health,
    ):
        app.register_blueprint(screen)
    return app
