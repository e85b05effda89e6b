#!/bin/sh
# Profiles a venue under load, for profile-guided optimisation.
#
#   bench/pgo.sh PRICETIME PROFILE
#
# A venue runs with --cpuprofile while bench wire sends it orders: one at a time,
# many at a time, and in an open loop at a moderate rate, so that no one way to use
# it is all that the compiler hears of. `go build` takes cmd/pricetime/default.pgo
# by itself. The profile belongs to the code that it was taken of: take it again
# after a change of the order path.
set -eu
pricetime=$1 profile=$2
work=$(mktemp -d)
venue=
end() {
	[ -z "$venue" ] || kill "$venue" 2>/dev/null || true
	rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

"$pricetime" serve --json 127.0.0.1:0 --cpuprofile "$work/cpu.pprof" >"$work/said" 2>"$work/log" &
venue=$!
tries=0
until address=$(sed -n 's/^listening json //p' "$work/said") && [ -n "$address" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 100 ] || ! kill -0 "$venue" 2>/dev/null; then
		cat "$work/log" >&2
		echo "pgo: the venue does not listen" >&2
		exit 1
	fi
	sleep 0.1
done

load() {
	echo "pgo: bench wire $*" >&2
	"$pricetime" bench wire --addr "$address" --duration "${PGO_DURATION:-6s}" "$@" >/dev/null
}
load --in-flight 1
load --in-flight 64 --connections 4 --seed 2
load --rate 30000 --connections 4 --seed 3

kill -TERM "$venue"
wait "$venue"
venue=
[ -s "$work/cpu.pprof" ] || { echo "pgo: the profile is empty" >&2; exit 1; }
cp "$work/cpu.pprof" "$profile"
echo "pgo: $profile, $(wc -c <"$profile") bytes; the next make build uses it" >&2
