#!/bin/sh
# What the tests need beyond Python packages: a browser, Chinese fonts, PostgreSQL, Node.js (the
# OIDC provider), pdftoppm. As root on Debian they are installed; elsewhere the missing ones are
# named and the tests do not start: a skipped test would look like a passed one.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi 'Noto.*CJK' || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing:$missing"
	apt-get update -qq
	# shellcheck disable=SC2086  # a list of package names
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
	exit 0
fi
echo "测试还缺：$missing。请用管理员身份安装，例如 Debian：apt-get install$missing" >&2
exit 2
