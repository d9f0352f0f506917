# What .ci/run does, on Windows: powershell -ExecutionPolicy Bypass -File .ci\run_on_windows.ps1
# Tests that need another system's calls are skipped there; pages are tested where Chromium or Chrome is installed.
$ErrorActionPreference = "Stop"

# The PowerShell that comes with Windows goes on after a program that has failed.
function Must {
    $program, $rest = $args
    & $program @rest
    if ($LASTEXITCODE -ne 0) { throw "failed: $program $rest" }
}

$place = Join-Path ([System.IO.Path]::GetTempPath()) ("aislefour-" + [System.Guid]::NewGuid())
Must git clone -q (Join-Path $PSScriptRoot "..") "$place\clone"
Push-Location "$place\clone"
try {
    Must py -3 -m venv .venv
    $bin = "$place\clone\.venv\Scripts"
    Must "$bin\python" -m pip install --quiet -e ".[dev]"
    Must "$bin\pytest" -n 2 --dist loadfile
    Must "$bin\pytest" -m slow -n 2 --dist loadfile
    Must "$bin\ruff" check .
    Must "$bin\mypy"
    Must "$bin\aislefour" audit

    # A terminal with an old code page, a path with spaces and accents, as deep as fits into 260 letters.
    chcp 437 | Out-Null
    $e = [char]0xE9
    $deep = Join-Path $place ("r${e}sultats d'${e}t${e}" + ("\a folder far down" * 3))
    New-Item -ItemType Directory -Force $deep | Out-Null
    Must "$bin\aislefour" run shopsense_ifa --quick --out $deep
    Must "$bin\aislefour" docs
} finally {
    Pop-Location
    Remove-Item -Recurse -Force $place
}
