"""The house: imports, formatting and docstrings, warnings as errors, and the page to start from."""
import os, re, subprocess
import county

# What the package manager says of the files of a package that we only use is no finding of ours.
OURS = re.compile(r"^(?!warning: 'swift-[a-z-]+': found \d+ file).*(?:warning|error):")


def run(*command):
    return subprocess.run(command, cwd=county.ROOT, capture_output=True, text=True)


def main():
    lint = run("make", "--silent", "lint")
    build = run("make", "--silent", "tests")
    imports = run("swift", "test", "--skip-build", "--filter", "HouseTests")
    tests = re.search(r"Test run with (\d+) tests? .*passed", imports.stdout)
    with open(os.path.join(county.ROOT, "docs", "architecture.md"), encoding="utf-8") as file:
        page = file.read()
    with open(os.path.join(county.ROOT, "Package.swift"), encoding="utf-8") as file:
        targets = re.findall(r'\.(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)"',
                             file.read())
    told = [line for line in (build.stdout + build.stderr).splitlines() if OURS.search(line)]
    figures = {
        "lint_findings": len(re.findall(r": (?:error|warning):", lint.stdout + lint.stderr)),
        "warnings_or_errors": len(told), "told": told[:3],
        "import_tests": int(tests[1]) if tests else 0,
        "start_reading_here": "start reading here" in page.lower(),
        "targets_without_a_word": [name for name in targets if name not in page]}
    county.report("house", figures, all([
        lint.returncode == 0, figures["lint_findings"] == 0, build.returncode == 0,
        figures["warnings_or_errors"] == 0, imports.returncode == 0, figures["import_tests"] > 0,
        figures["start_reading_here"], not figures["targets_without_a_word"]]))


main()
