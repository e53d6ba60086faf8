"""The pages. Each works without JavaScript; scripts make it livelier."""

from flask import Flask

from gateway import expressions, labels, parameters, words
from gateway.forms import InvalidForm
from gateway.portals import account, development, docs
from gateway.portals.clerk import pages as clerk
from gateway.portals.employer import pages as employer
from gateway.portals.personal import pages as personal
from gateway.portals.public import pages as public
from gateway.problems import answer, home_of
from gateway.queries import turned
from services.chassis.ids import new_id
from services.contracts.catalogue import CATALOGUE, way_of
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import Outcome
from services.contracts.values import SizeClass


def register(app: Flask) -> None:
    """Add the portals, and what all their templates may use."""
    for pages in (public, account.pages, personal, employer, clerk, development.pages, docs.pages):
        app.register_blueprint(pages)
    # A page that does not name its bad filters itself.
    app.register_error_handler(InvalidForm, lambda _: answer(422, "invalid_message"))
    app.jinja_env.filters["label"] = labels.label
    app.jinja_env.globals.update(
        catalogue=CATALOGUE,
        colour=labels.colour,
        criterion_names=labels.CRITERIA,
        criterion_results=labels.CRITERION_RESULTS,
        criterion_words=labels.criterion_words,
        effect_kinds=labels.EFFECT_KINDS,
        expression_words=expressions.in_words,
        fact=labels.fact,
        fact_names=labels.FACTS,
        home_of=home_of,
        kinds=tuple(ImportKind),
        labels_of_posts=labels.posts,
        missing_words=labels.MISSING,
        new_id=new_id,
        of_parameter=parameters,
        outcomes=tuple(Outcome),
        sizes=tuple(SizeClass),
        turned=turned,
        way_of=way_of,
        words_of=words.of,
    )
    settings = app.extensions["settings"]
    app.jinja_env.globals.update(
        agency=settings.agency,
        hotline=settings.hotline,
        development=settings.development,
        push_url=settings.push_url,
        uk_agent_url=settings.uk_agent_url,
    )
