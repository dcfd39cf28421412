"""``ops.chatwoot_hosts``: Chatwoots that nobody could reach, for every process to spare itself."""

from urllib.parse import urlsplit

from geniai_pipeline.warehouse.connections import connect, role_url


def host_of(chatwoot_url: str) -> str:
    """The host whose death is that of every tenant's Chatwoot there."""
    return urlsplit(chatwoot_url).netloc


def down() -> dict[str, str]:
    """The hosts that did not answer when they were last tried, and what was wrong."""
    with connect(role_url("etl_writer")) as connection:
        return dict(connection.execute("select host, error from ops.hosts_down()").fetchall())


def mark_down(host: str, error: str) -> None:
    """Has runs spare this host until it answers."""
    with connect(role_url("etl_writer")) as connection:
        connection.execute("select ops.mark_host_down(%s, %s)", [host, error])


def mark_up(hosts: list[str]) -> None:
    """These answer again, or are nobody's any more."""
    with connect(role_url("etl_writer")) as connection:
        connection.execute("select ops.mark_hosts_up(%s)", [hosts])
