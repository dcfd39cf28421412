"""Open tabs of the page that lists who waits, in a real browser, and what they show when.

The page itself notes, by its clock, which is the machine's, when a name is drawn and when it is
gone: nothing of the browser's driver is in between.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from _live_world import LEAD, World, make_slug
from _superset import find_chromium
from playwright.sync_api import Page, ViewportSize, sync_playwright

from chatwoot_demo.records import Account, DemoConversation
from geniai_pipeline import administration
from geniai_pipeline.administration import Login
from geniai_pipeline.settings import get_settings

ANSWER = "Oi! O mensal é R$ 129,90. Marquei sua aula para amanhã às 19h, até lá!"
_PATH = "/superset/dashboard/painel/"
_LIST = '[data-test-chart-name="Leads quentes esperando resposta"]'
_TALL: ViewportSize = {"width": 1400, "height": 2400}  # a page draws what fits: all of the tab
_WATCH = """list => {
    const shown = new Set();
    window.changesOfWhoWaits = [];
    setInterval(() => {
        const now = Date.now() / 1000;
        const names = new Set([...document.querySelectorAll(`${list} tbody a`)]
            .filter(link => link.checkVisibility())
            .flatMap(link => link.textContent.match(/Maria \\d+ Souza/) ?? []));
        for (const name of names) if (!shown.has(name)) changesOfWhoWaits.push([name, true, now]);
        for (const name of shown) if (!names.has(name)) changesOfWhoWaits.push([name, false, now]);
        shown.clear();
        names.forEach(name => shown.add(name));
    }, 100);
}"""


@dataclass
class Tab:
    """A tenant's open page, and the leads that it is to show."""

    account: Account
    page: Page
    unseen: dict[str, tuple[float, DemoConversation]] = field(default_factory=dict)
    """Leads that were sent and are not shown, by name, with when they were sent."""
    waiting: list[DemoConversation] = field(default_factory=list)
    """Those that are shown and that nobody has answered, the earliest first."""
    answered: dict[str, float] = field(default_factory=dict)
    """Those that were answered and are not gone, with when they were answered."""
    seconds_shown: list[float] = field(default_factory=list)
    seconds_gone: list[float] = field(default_factory=list)

    @property
    def is_behind(self) -> bool:
        """Whether something that happened is not yet to be seen."""
        return bool(self.unseen or self.answered)

    def begin(self) -> None:
        """Forgets what an earlier turn measured; what it left unseen is answered like the rest."""
        self.waiting += [record for _, record in self.unseen.values()]
        self.unseen.clear()
        self.answered.clear()
        self.seconds_shown.clear()
        self.seconds_gone.clear()

    def send_lead(self, world: World) -> None:
        """Lets a new lead write to the tenant."""
        sent = time.time()
        record = world.start_conversation(self.account, LEAD)
        self.unseen[record.contact.name] = (sent, record)

    def answer_lead(self, world: World) -> None:
        """Lets an agent answer the lead that was shown first."""
        record = self.waiting.pop(0)
        self.answered[record.contact.name] = time.time()
        world.write_message(record, ANSWER, by="agent")

    def read(self) -> None:
        """Takes over what the page noted since the last time."""
        for name, is_shown, at in self.page.evaluate("changesOfWhoWaits.splice(0)"):
            if is_shown and name in self.unseen:
                sent, record = self.unseen.pop(name)
                self.seconds_shown.append(at - sent)
                self.waiting.append(record)
            elif not is_shown and name in self.answered:
                self.seconds_gone.append(at - self.answered.pop(name))


@contextmanager
def open_tabs(accounts: list[Account]) -> Iterator[list[Tab]]:
    """Opens a tab for a user of each tenant, and keeps them open for the block."""
    administration.provision_all()
    logins = administration.ensure_users(
        [
            (slug, Login(slug, f"dono@{slug}.example.com", get_settings().derive(slug)))
            for slug in map(make_slug, accounts)
        ]
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        tabs = []
        for account, login in zip(accounts, logins, strict=True):
            context = browser.new_context(
                locale="pt-BR",
                timezone_id="America/Sao_Paulo",
                viewport=_TALL,
                base_url=get_settings().superset_url,
            )
            tabs.append(Tab(account, _open_page(context.new_page(), login)))
        yield tabs
        browser.close()


def _open_page(page: Page, login: Login) -> Page:
    page.set_default_timeout(60_000)
    page.goto("/login/")
    page.fill("#username", login.email)
    page.fill("#password", login.password)
    page.click("button[type=submit]")
    page.wait_for_url("**/superset/dashboard/**", wait_until="commit")
    page.goto(_PATH, wait_until="commit")
    page.wait_for_selector(_LIST)
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH, _LIST)
    return page
