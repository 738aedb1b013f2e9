"""How apt is asked: on a machine that has nothing, everything starts here."""

from dev.apt import PrivateLists


def test_apt_is_pointed_at_our_own_folder_with_text_alone(tmp_path):
    """A path among the options would only fail where nothing is cached yet."""
    options = PrivateLists(tmp_path, {"unstable"}).options()
    assert all(isinstance(option, str) for option in options)
    assert f"Dir::State::lists={tmp_path / 'lists'}" in options
    assert options[::2] == ["-o"] * (len(options) // 2)
