"""What a zygote was warmed up with still holds in its jobs: caches are not thrown away between the two."""

import pytest

from sandbox_runner import Call, Module, Pool, Preload, Profile, Returned
from tests.sandbox_runner.conftest import outcome

# Every abstract class forgets what is no subclass of it when anything is registered with any of them; the token counts
# the registrations.
NOTE = Module("import abc\nabc.noted = abc.get_cache_token()\n")
LOOK = Module("import abc\ndef run(api): return [abc.noted, abc.get_cache_token()]")


@pytest.mark.parametrize("profile", ["pure", "tools"])
def test_nothing_is_registered_with_an_abstract_class_after_the_warming_up(profile: Profile) -> None:
    with Pool(1, {"noting": Preload(("json",), warming={"note": NOTE})}) as pool:
        result = outcome(pool, Call("look:run", {"look": LOOK}, preload="noting", profile=profile))
    assert isinstance(result, Returned), result
    noted, now = result.value  # type: ignore[misc]
    assert noted == now
