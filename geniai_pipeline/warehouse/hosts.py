"""``ops.chatwoot_hosts``: Chatwoot hosts that did not answer, shared by all processes."""

from urllib.parse import urlsplit

from geniai_pipeline.warehouse.connections import connect, role_url


def parse_host(chatwoot_url: str) -> str:
    """The host of a Chatwoot address; when it is down, so is every tenant's Chatwoot there."""
    return urlsplit(chatwoot_url).netloc


def read_down() -> dict[str, str]:
    """Reads the hosts that did not answer when last tried, with the error."""
    with connect(role_url("etl_writer")) as connection:
        return dict(connection.execute("select host, error from ops.hosts_down()").fetchall())


def mark_down(host: str, error: str) -> None:
    """Marks a host as down: no run begins there until it answers."""
    with connect(role_url("etl_writer")) as connection:
        connection.execute("select ops.mark_host_down(%s, %s)", [host, error])


def mark_up(hosts: list[str]) -> None:
    """Marks hosts as up: they answer again, or no tenant uses them."""
    with connect(role_url("etl_writer")) as connection:
        connection.execute("select ops.mark_hosts_up(%s)", [hosts])
