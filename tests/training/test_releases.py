"""Pairs out of two releases of a package."""

import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import support  # noqa: F401  (finds training)

from training.corpus import package_list
from training.pairs import make, releases

OLD = '''
def find_user(users, name):
    for user in users:
        if user.name == name:
            return user
    return None


def load(path):
    with open(path) as file:
        return file.read()


def total(values):
    result = 0
    for value in values:
        result += value
    return result


def same(a):
    b = a
    return b
'''
NEW = '''
def find_user(users, name):
    for user in users:
        if user.name.lower() == name.lower():
            return user
    raise KeyError(name)


def load(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def total(values):
    result = 0
    for value in values:
        assert value >= 0
        result += value
    return result


def same(a):
    b = a
    return b
'''
CHANGES = """# 1.0

* {}
"""


class ReleasesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cromwell-training.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        note = "`find_user` raises `KeyError` and ignores the case of names (#12)."
        self.write("old", OLD, "Something old about load.")
        self.write("new", NEW, note)
        self.release = releases.Release("pypi", "thing", "0.9", "1.0", "MIT", "training")
        self.fetcher = mock.Mock()
        self.fetcher.fetch = lambda package: self.folder / (
            "old" if package.version == "0.9" else "new")

    def write(self, name, text, note):
        (self.folder / name).mkdir()
        with zipfile.ZipFile(self.folder / name / "thing.whl", "w") as file:
            file.writestr("thing/a.py", text)
            file.writestr("CHANGELOG.md", CHANGES.format(note))

    def changes(self):
        return {change.kind: change for _, change in
                releases.release_changes(self.release, self.fetcher)}

    def test_a_function_that_the_changelog_names_gets_its_entry(self):
        note = self.changes()["release_note"]
        self.assertEqual(note.words["note"], "find_user raises KeyError and ignores the case of names")
        self.assertIn("return None", note.before)
        self.assertIn("raise KeyError(name)", note.after)

    def test_one_place_is_described(self):
        changes = self.changes()
        self.assertEqual(changes["release_replace"].words,
                         {"old": "with open(path) as file:",
                          "new": 'with open(path, encoding="utf-8") as file:'})
        self.assertEqual(changes["release_add"].words,
                         {"text": "assert value >= 0", "line": "for value in values:"})

    def test_what_did_not_change_gives_nothing(self):
        self.assertFalse(any("same" in change.before for change in self.changes().values()))

    def test_pairs_are_those_of_packages_of_the_use(self):
        other = self.release._replace(name="other", use="held-out")
        with mock.patch.object(make, "Fetcher", return_value=self.fetcher):
            pairs = list(make.release_pairs([self.release, other], self.folder, "training"))
        self.assertEqual({pair.package for pair in pairs}, {"thing 0.9 1.0"})
        self.assertEqual(len(pairs), 3)

    def test_a_package_that_cannot_be_had_is_left_out(self):
        def fail(_):
            raise OSError("no network")
        self.fetcher.fetch = fail
        with mock.patch.object(make, "Fetcher", return_value=self.fetcher):
            self.assertEqual(list(make.release_pairs([self.release], self.folder, "training")), [])

    def test_no_package_is_learnt_from_and_held_out(self):
        uses = {(package.registry, package.name): package.use for package in package_list.read()}
        listed = releases.read()
        self.assertGreater(len(listed), 15)
        for release in listed:
            registry = release.registry.replace("sdist", "pypi")
            self.assertEqual(uses[registry, release.name], release.use, release.name)


if __name__ == "__main__":
    unittest.main()
