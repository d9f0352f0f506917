# What .ci/run does, on Windows: powershell -ExecutionPolicy Bypass -File .ci\run_on_windows.ps1
# Tests that need another system's calls are skipped there; pages are tested where Chromium or Chrome is installed.
$ErrorActionPreference = "Stop"
$PSNativeCommandUseErrorActionPreference = $true
$place = Join-Path ([System.IO.Path]::GetTempPath()) ("aislefour-" + [System.Guid]::NewGuid())
git clone -q (Join-Path $PSScriptRoot "..") "$place\clone"
Push-Location "$place\clone"
try {
    py -3 -m venv .venv
    $bin = "$place\clone\.venv\Scripts"
    & "$bin\python" -m pip install --quiet -e ".[dev]"
    & "$bin\pytest" -n 2 --dist loadfile
    & "$bin\pytest" -m slow -n 2 --dist loadfile
    & "$bin\ruff" check .
    & "$bin\mypy"
    & "$bin\aislefour" audit

    # A terminal with an old code page, a path with spaces and accents, a folder far down.
    chcp 437 | Out-Null
    $deep = Join-Path $place ("résultats d'été\" + ("a folder far down\" * 8))
    New-Item -ItemType Directory -Force $deep | Out-Null
    & "$bin\aislefour" run shopsense_ifa --quick --out $deep
    & "$bin\aislefour" docs
} finally {
    Pop-Location
    Remove-Item -Recurse -Force $place
}
