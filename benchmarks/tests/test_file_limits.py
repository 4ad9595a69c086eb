import unittest

from benchmarks.file_limits import STEPS, FileRun, broken_file_limits, file_table


def run(files, first, again=1.0):
    return FileRun(dict.fromkeys(STEPS, again) | {"first": first}, files, 7 * files, 150_000_000)


class TestFileLimits(unittest.TestCase):
    def test_twice_the_files(self):
        self.assertEqual(broken_file_limits(run(50_000, 10), run(100_000, 22)), [])
        [text] = broken_file_limits(run(50_000, 10), run(100_000, 22.5))
        self.assertEqual(text, "files, first: 2.25 times as long, the limit is 2.20")

    def test_the_limit_follows_the_files(self):
        self.assertEqual(broken_file_limits(run(50_000, 10), run(105_000, 23)), [])

    def test_few_files_are_not_judged(self):
        self.assertEqual(broken_file_limits(run(1_000, 1), run(2_000, 9)), [])

    def test_table(self):
        self.assertEqual(
            file_table([run(28_299, 8.75)]).splitlines()[2], "| 28,299 | 198,093 | 8.8 | 1.0 | 1.0 | 150 |"
        )
