"""Edit pairs: where functions are found, what each change does, and that the daemon's own code
takes them."""

import ast
import json
import os
import random
import sys
import unittest
from pathlib import Path

from support import ROOT, FolderTest
from tokenizer_reference import default_model

from training import prompts
from training.corpus import build, texts
from training.pairs import (instructions, line_changes, make, masking, python_changes, selections,
                            small_programs, written_cases)
from training.pairs.changes import COMMON
from training.pairs.regions import Region, blocks, functions
from training.sequences import SequenceReader

PROGRAM = ROOT / "build/cromwell"
SOURCES = {
    "python": '''def read_stock(path: str, limit=3) -> list:
    """Reads the stock."""
    # Skips the first line.
    if path is None:
        return []
    count = 0
    for line in open(path):
        if count < 10 and line:
            log(f"at {count}")
            count += 1
    close(path)
    return count
''',
    "javascript": '''function readStock(path) {
  // Nothing to read.
  if (!path) {
    return null;
  }
  const count = path.length;
  if (count < 10) {
    console.log(`at ${count}`);
  }
  for (let i = 0; i < count; i++) {
    visit(i);
  }
  return count === 0;
}
''',
    "c": '''static int read_stock(const char *path, int size) {
  int count = 0;
  if (!path) {
    return -1;
  }
  // Until the end.
  while (count < size) {
    count++;
  }
  return count;
}
''',
    "go": '''func readStock(path string) (int, error) {
\tcount := 0
\tfile, err := os.Open(path)
\tif err != nil {
\t\treturn 0, err
\t}
\t// Until the end.
\tfor count < 10 {
\t\tcount++
\t}
\tfile.Close()
\treturn count, nil
}
''',
    "rust": '''fn read_stock(path: &str) -> Result<usize, Error> {
    let text = fs::read_to_string(path)?;
    // Nothing to read.
    if text.is_empty() {
        return Ok(0);
    }
    let count = text.len();
    Ok(count)
}
''',
}
SOURCES["typescript"] = SOURCES["javascript"]


def changes_of(language, seeds=30):
    region = next(functions(SOURCES[language], language))
    return [change for seed in range(seeds) for numbers in [random.Random(seed)]
            for maker in make.makers_for(region)
            for change in make.valid(maker(region, numbers), language)]


class MaskingTest(unittest.TestCase):
    def test_strings_and_comments_are_told_from_code(self):
        for language, text, marks in (
                ("python", "a = 'b # c' # d", "cccc" + "s" * 7 + "c" + "#" * 3),
                ("python", 'f"""a\n"b" """ + x', "s" * 13 + "c" * 4),
                ("javascript", "x = /a'b/ + 1 // c", "cccc" + "s" * 5 + "c" * 5 + "#" * 4),
                ("javascript", "a / b / c", "c" * 9),
                ("rust", "'a: &'b str = 'c'", "c" * 14 + "sss"),
                ("c", '"a\\"b" /* c\n */ d', "s" * 6 + "c" + "#" * 8 + "cc"),
                ("go", "`a\n\\` + b", "s" * 5 + "c" * 4)):
            with self.subTest(language=language, text=text):
                self.assertEqual(masking.kinds(text, language), marks)


class RegionsTest(unittest.TestCase):
    def test_functions_are_found_whole(self):
        for language, text in SOURCES.items():
            with self.subTest(language):
                before = {"python": "x = 1\n\n", "go": "package a\n\n"}.get(language, "\n")
                found = list(functions(before + text + "\n\n", language))
                self.assertEqual([region.text for region in found], [text])
                self.assertIn(found[0].name, ("read_stock", "readStock"))

    def test_methods_lose_their_indentation(self):
        found = list(functions("class A:\n    def f(self):\n        a = 1\n        return a\n",
                               "python"))
        self.assertEqual(found[0].text, "def f(self):\n    a = 1\n    return a\n")

    def test_code_that_does_not_parse_has_no_functions(self):
        self.assertEqual(list(functions("def f(:\n  pass\n", "python")), [])


class ChangesTest(unittest.TestCase):
    def test_every_language_has_ten_kinds(self):
        for language in SOURCES:
            kinds = {change.kind for change in changes_of(language)}
            self.assertGreaterEqual(len(kinds), 10, (language, kinds))

    def test_the_function_itself_is_one_of_the_two(self):
        for language, text in SOURCES.items():
            for change in changes_of(language):
                parts = change.kind.startswith("remove_") or text in (change.before, change.after)
                self.assertTrue(parts, (language, change))
                self.assertNotEqual(change.before, change.after)

    def test_python_parses_before_and_after(self):
        for change in changes_of("python"):
            ast.parse(change.before), ast.parse(change.after)

    def test_a_block_that_does_not_parse_by_itself_is_no_fault_of_a_change(self):
        whole, part = "a = 1\nb = 2\n", "else:\n    b = 2\n"
        broken = make.Change("x", whole, "a = (\nb = 2\n", {})
        of_a_block = make.Change("x", part, part.replace("2", "3"), {})
        self.assertEqual(list(make.valid([broken, of_a_block], "python")), [of_a_block])

    def test_a_rename_leaves_strings_fields_and_other_names_alone(self):
        text = "def f(a):\n    total = a.total\n    totals = total + 1\n    return total, totals\n"
        region = Region("python", "f", text)
        found = [change for seed in range(20) for change in COMMON[0](region, random.Random(seed))
                 if change.words["old"] == "total"]
        self.assertEqual(found, [])  # `a.total` makes it unsafe
        text = text.replace("a.total", "a[0]")
        change = next(change for seed in range(20)
                      for change in COMMON[0](Region("python", "f", text), random.Random(seed))
                      if change.words["old"] == "total")
        new = change.words["new"]
        self.assertEqual(change.after, f"def f(a):\n    {new} = a[0]\n    totals = {new} + 1\n"
                                       f"    return {new}, totals\n")

    def test_type_hints_are_taken_off_and_named(self):
        region = Region("python", "f", "def f(a: int, b: str = 'x') -> list[int]:\n    c = a\n"
                                       "    return [c]\n")
        add, _, remove = python_changes.type_hints(region, random.Random(1))
        self.assertEqual(add.before, "def f(a, b='x'):\n    c = a\n    return [c]\n")
        self.assertEqual(add.words["facts"],
                         "a is `int`, b is `str`, it returns `list[int]`")
        self.assertEqual((remove.before, remove.after), (add.after, add.before))

    def test_every_kind_has_instructions_whose_words_are_there(self):
        for language in SOURCES:
            for change in changes_of(language, 10):
                for seed in range(8):
                    text = instructions.instruction(change, random.Random(seed))
                    self.assertNotRegex(text, r"\{(old|new|name|line|what|text)\}")
                self.assertEqual(instructions.instruction(change), instructions.instruction(change))


class SelectionsTest(unittest.TestCase):
    def test_a_part_leads_to_the_same_text_as_the_whole(self):
        narrowed = 0
        for language in SOURCES:
            for seed, change in enumerate(changes_of(language, 5)):
                part = selections.narrowed(change, random.Random(seed))
                if part is None:
                    continue
                narrowed += 1
                lines = change.before.splitlines(keepends=True)
                lines[part.first - 1:part.last] = [part.after]
                self.assertEqual("".join(lines), change.after, change)
        self.assertGreater(narrowed, 50)

    def test_what_an_instruction_names_is_selected(self):
        before = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\ng = 7\n"
        change = make.Change("x", before, before.replace("f = 6", "f = 8"), {"line": "a = 1"})
        self.assertTrue(all(selections.narrowed(change, random.Random(seed)) is None
                            for seed in range(40)))

    def test_a_second_change_starts_from_the_first_ones_outcome(self):
        region = next(functions(SOURCES["python"], "python"))
        first = next(change for change in changes_of("python") if change.kind == "word_replace_word")
        second = selections.second_change(first, region, line_changes.LINE_CHANGES,
                                          random.Random(3))
        self.assertEqual(second.before, first.after)
        self.assertFalse(any(first.words["new"] in word for word in second.words.values()))

    def test_blocks_are_paragraphs_of_any_text(self):
        text = "\n\n".join(f"key{n}:\n  a: {n}\n  b: {n}" for n in range(20)) + "\n"
        found = list(blocks(text, "yaml", random.Random(1), 8))
        self.assertEqual(len(found), 8)
        for region in found:
            self.assertIn(region.text, text)
            self.assertTrue(region.text.startswith("key"))


class SmallProgramsTest(unittest.TestCase):
    def test_python_ones_parse_and_change_as_they_say(self):
        seen = set()
        for language, change, text in small_programs.pairs(random.Random(5), 600):
            self.assertNotEqual(change.before, change.after)
            self.assertNotIn((change.before, text), seen)
            seen.add((change.before, text))
            if language == "python":
                ast.parse(change.before), ast.parse(change.after)


class CampaignTest(unittest.TestCase):
    def test_the_campaign_of_the_tiny_model_has_pairs_to_ask_for(self):
        sys.path.insert(0, str(ROOT / "tests/campaign"))
        import tiny_model
        pairs = tiny_model.held_out_pairs(Path(os.__file__).parent, 5)
        self.assertEqual(len(pairs), 5)
        for pair in pairs:
            self.assertNotEqual(pair.change.before, pair.change.after)
            ast.parse(pair.change.after)


@unittest.skipUnless(PROGRAM.exists() and os.path.exists(default_model()),
                     "needs build/cromwell and the default model")
class MakeTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.corpus = self.folder / "corpus"
        self.corpus.mkdir()
        for number, use in enumerate(("training", "held-out")):
            self.add_package(f"p{number}", use)

    def add_package(self, name, use):
        import gzip
        import hashlib
        lines = [json.dumps({"path": "a", "language": language, "text": text})
                 for language, text in SOURCES.items()]
        raw = gzip.compress(("\n".join(lines) + "\n").encode())
        (self.corpus / f"{name}.jsonl.gz").write_bytes(raw)
        index = build.read_index(self.corpus)
        index["packages"][name] = {"file": f"{name}.jsonl.gz", "licence": "MIT", "use": use,
                                   "sha256": hashlib.sha256(raw).hexdigest()}
        (self.corpus / build.INDEX).write_text(json.dumps(index))

    def options(self, out, limit=0):
        import argparse
        import pathlib
        return argparse.Namespace(corpus=self.corpus, out=self.folder / out, program=PROGRAM,
                                  model=pathlib.Path(default_model()), limit=limit,
                                  protocol="rewrite", releases=None, small=40, seed=1, share=1.0,
                                  of_a_kind=1000, of_a_package=60)

    def test_sequences_end_with_the_answer_and_learn_nothing_else(self):
        make.write_sequences(self.options("sequences"))
        sequences = SequenceReader(self.folder / "sequences")
        self.assertGreater(len(sequences), 8)
        for place in range(len(sequences)):
            sequence = sequences[place]
            self.assertEqual(sequence.ids[-1], 2)  # <|im_end|>
            self.assertGreater(sequence.learnt, 40)
            self.assertLess(sequence.learnt, len(sequence.ids))

    def test_cases_are_of_held_out_packages_and_the_daemon_takes_them(self):
        make.write_cases(self.options("cases.jsonl", 2))
        lines = (self.folder / "cases.jsonl").read_text().splitlines()
        cases = [json.loads(line) for line in lines]
        made = [case for case in cases if case["package"] != written_cases.PACKAGE]
        self.assertEqual(len(cases) - len(made), len(written_cases.read()))
        self.assertGreater(len(made), 8)
        self.assertEqual({case["package"] for case in made}, {"p1"})

    def test_written_cases_are_brought_up_to_date_and_others_stay(self):
        path = self.folder / "cases.jsonl"
        path.write_text('{"id":  "x", "package": "p"}\n{"id": "gone", "package": "cromwell"}\n')
        make.write_written(self.options("cases.jsonl"))
        first, *written = path.read_text().splitlines()
        self.assertEqual(first, '{"id":  "x", "package": "p"}')
        self.assertEqual(written, [case.line() for case in written_cases.read()])

    def test_texts_end_with_the_end_of_text_and_the_languages_that_were_not_wanted_are_out(self):
        options = self.options("texts")
        options.seed, options.tokens, options.without = 1, 10_000, ["python"]
        tokens = texts.write(options)
        self.assertNotIn("python", tokens)
        self.assertGreater(tokens["rust"], 50)
        sequences = SequenceReader(self.folder / "texts")
        self.assertEqual(len(sequences), 5)  # all that the training package has
        self.assertTrue(all(sequences[n].ids[-1] == 2 and sequences[n].learnt == 0
                            for n in range(5)))

    def test_a_pair_that_breaks_the_program_is_refused_by_the_daemons_code(self):
        change = make.Change("x", "def f():\n    return 1\n", "def f(:\n    return 1\n", {})
        pair = make.Pair(change, "python", "Break it", "p", "MIT")
        (_, answer), = make.rendered([pair], PROGRAM, self.options("x").model)
        self.assertIn("syntax error", answer["refused"])

    def test_a_problem_of_whoever_makes_the_pairs_is_not_lost(self):
        def broken():
            yield None, json.dumps({"text": "a"})
            raise KeyError("in the middle")

        with self.assertRaisesRegex(KeyError, "in the middle"):
            with prompts.Prompts(PROGRAM, self.options("x").model) as running:
                list(running.ask_all(broken()))

    def test_a_program_that_fails_is_said(self):
        with self.assertRaisesRegex(RuntimeError, "exit status 1"):
            with prompts.Prompts(PROGRAM, self.options("x").model) as running:
                list(running.ask_all([(None, "no JSON")]))


if __name__ == "__main__":
    unittest.main()
