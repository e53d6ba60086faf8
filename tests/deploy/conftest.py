"""What a house has of UKs, made once."""

import shutil

import pytest

from deploy.local.uk.provision import provision

CA_URL = "http://127.0.0.1:1"  # named, never met


@pytest.fixture(scope="session")
def provisioned(tmp_path_factory):
    """The folder of a house's CA and UKs, to be read only."""
    folder = tmp_path_factory.mktemp("house") / "uk"
    provision(folder, ca_url=CA_URL)
    return folder


@pytest.fixture
def uk_folder(provisioned, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(provisioned, tmp_path / "uk")
