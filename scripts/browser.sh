#!/usr/bin/env bash
# Chromium and Chinese fonts for the journeys: installed where they are missing and that is allowed.
set -euo pipefail
have_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; }
if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && have_fonts; then exit 0; fi
root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "The journeys need Chromium and Chinese fonts. As an administrator: apt-get install chromium fonts-noto-cjk"; exit 1; }
  root="sudo -n"
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing Chromium and Chinese fonts for the journeys ..."
$root apt-get update -qq
$root apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
