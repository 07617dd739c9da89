"""The practice network is killed, started again, asked by many at once, and protected from other sites."""
from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from countersign.base.errors import NetworkError, OutcomeUnknown
from countersign.networks.practice.connector import Practice
from tests.house import SOURCE
from tests.practice.conftest import Connected
from tests.practice.words import LONG_AGO, publication
from tests.servers.practice import PracticeServer
from tests.waiting import until


def test_it_starts_within_a_second(tmp_path: Path) -> None:
    """By the processor's clock: another test's work on the same machine is none of its own."""
    before, command = _processor_seconds(), [sys.executable, "-m", "countersign.practice", "--data", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SOURCE)}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        httpx.get(process.stdout.readline().split()[-1], trust_env=False).raise_for_status()
        process.terminate()
    took = _processor_seconds() - before
    print(f"started, answered and ended with {took:.2f} s of a processor")
    assert 0 < took < 2


def _processor_seconds() -> float:
    """What the processes that we started, and that have ended, took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_posts_tokens_and_ledger_survive_a_kill(linde: Connected) -> None:
    post = linde.publish(publication("Overleeft alles"))
    before = linde.network.arrived("published")
    linde.network.kill()
    linde.network.start()
    assert "Overleeft alles" in linde.network.page(f"/posts/{post}")
    assert linde.network.arrived("published") == before
    assert Practice().profile(linde.client) == linde.credentials.identity


def test_a_key_is_remembered_across_a_kill(linde: Connected) -> None:
    wanted = publication("Eén keer, ook na de stroompanne")
    post = linde.publish(wanted)
    linde.network.kill()
    linde.network.start()
    assert linde.publish(wanted) == post


def test_ids_go_on_sorting_after_a_kill(linde: Connected) -> None:
    first = linde.publish(publication("Voor"))
    linde.network.kill()
    linde.network.start()
    assert int(linde.publish(publication("Na"))) > int(first)


def test_a_count_of_faults_is_not_forgotten_in_a_kill(linde: Connected) -> None:
    linde.network.control(silent_next=2)
    with pytest.raises(OutcomeUnknown):
        linde.publish(publication("Stil"))
    linde.network.kill()
    linde.network.start()
    assert linde.network.control()["silent_next"] == 1


def test_a_silent_request_does_not_keep_the_process_from_ending(tmp_path: Path) -> None:
    with PracticeServer(tmp_path) as network:
        client = network.client(network.connect())
        network.control(silent_next=1)
        network.http.timeout = 60
        with ThreadPoolExecutor(1) as pool:
            silent = pool.submit(Practice().publish, client, publication("Stil"))
            until(lambda: network.arrived("published") == 1)
            began = time.monotonic()
            network.stop()
            assert time.monotonic() - began < 5
            with pytest.raises(NetworkError):
                silent.result(10)


@pytest.mark.parametrize("idempotency", [True, False])
def test_many_at_once_lose_nothing(linde: Connected, idempotency: bool) -> None:
    linde.network.control(idempotency=idempotency)
    wanted = [publication(f"Tegelijk {number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        posts = list(pool.map(linde.publish, wanted))
    assert len(set(posts)) == 40
    found = [Practice().find(linde.client, one, since=LONG_AGO).published for one in wanted]
    assert [one and one.remote_id for one in found] == posts


def test_one_handle_from_many_at_once_publishes_once(linde: Connected) -> None:
    wanted = publication("Eén keer, van velen")
    with ThreadPoolExecutor(8) as pool:
        posts = set(pool.map(linde.publish, [wanted] * 16))
    assert len(posts) == 1


@pytest.mark.parametrize("path", ["/control", "/control.json"])
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
def test_the_control_page_heeds_no_other_site(network: PracticeServer, path: str, headers: dict[str, str]) -> None:
    answer = httpx.post(network.origin + path, json={"refusing": 503}, headers=headers)
    assert answer.status_code == 403
    assert network.control()["refusing"] == 0


def test_the_control_form_sets_and_resets(network: PracticeServer) -> None:
    now = network.control()
    filled = {name: str(value) for name, value in now.items() if not isinstance(value, bool)} | {"slow_seconds": "0.25"}
    assert network.browser.post(f"{network.origin}/control", data=filled).status_code == 303
    assert network.control()["slow_seconds"] == 0.25
    assert network.control()["idempotency"] is False
    assert network.browser.post(f"{network.origin}/control", data={"reset": "yes"}).status_code == 303
    assert network.control() == now


@pytest.mark.parametrize("path", ["/", "/ledger.json", "/control"])
def test_another_host_name_is_not_answered(network: PracticeServer, path: str) -> None:
    assert httpx.get(network.origin + path, headers={"Host": "rebound.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/control", "/@delinde", "/nothing", "/api/v1/limits"])
def test_every_answer_carries_the_strict_policy(network: PracticeServer, path: str) -> None:
    policy = httpx.get(network.origin + path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_pages_carry_no_script_and_no_inline_style(linde: Connected) -> None:
    post = linde.publish(publication("Geen script"))
    for path in ("/", "/control", f"/@{linde.handle}", f"/posts/{post}"):
        page = linde.network.page(path)
        assert "<script" not in page
        assert " style=" not in page
        assert "<style" not in page


def test_a_request_larger_than_anything_is_not_taken(linde: Connected) -> None:
    answer = httpx.post(f"{linde.network.origin}/api/v1/posts", content=b"x" * 9_000_000, timeout=20)
    assert answer.status_code == 413


def test_it_prints_its_address_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "countersign.practice", "--data", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(
        command, env={"PYTHONPATH": str(SOURCE)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    origin = process.stdout.readline().split()[-1]
    httpx.get(f"{origin}/", params={"code": "secret"})
    httpx.post(f"{origin}/oauth/token", data={"code": "secret"})
    process.terminate()
    assert process.communicate(timeout=10)[0] == ""
