#!/usr/bin/env bash
# The demo: the joint LIVC R Vaartland, five fictitious organisations in exercise, from nothing, through `sluis` only.
#   run.sh [--keep] [--folder DIR] [--programs DIR] [--page FILE]
#   --keep          leave the nodes running and say how to speak to them as each person
#   --folder DIR    work there instead of in a temporary folder (must not exist yet)
#   --programs DIR  where sluis, sluisd and sluis_demo_tamper are (otherwise $SLUIS_PROGRAMS or build/release/bin)
#   --page FILE     where the account as a page goes (otherwise build/demo/verslag.html)
# Exit codes: 0 everything went as told, 1 something did not, 2 wrong use.
# Example: run.sh --keep
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin=${SLUIS_PROGRAMS:-$top/build/release/bin}
packs=$top/policies/packs
page=$top/build/demo/verslag.html
partnership=livc-r.vaartland.example
# Seconds in which a share can be taken back here; the rules say four hours.
cooling_off=8
export LC_ALL=C.UTF-8 TZ=Europe/Brussels

wrong_use() { echo "run.sh: $1" >&2; exit 2; }
keep=no folder=
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --folder | --programs | --page)
      [ $# -ge 2 ] || wrong_use "$1 needs a value"
      case $1 in --folder) folder=$2 ;; --programs) bin=$2 ;; --page) page=$2 ;; esac
      shift
      ;;
    --help | -h) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) wrong_use "'$1' is not understood; see --help" ;;
  esac
  shift
done
for program in sluis sluisd sluis_demo_tamper; do
  [ -x "$bin/$program" ] || wrong_use "there is no $program in $bin; ./dev demo builds it"
done
bin=$(cd "$bin" && pwd) # steps run elsewhere
case $page in /*) ;; *) page=$PWD/$page ;; esac
if [ -n "$folder" ]; then
  [ ! -e "$folder" ] || wrong_use "$folder is there already; name another"
  mkdir -p "$folder"
else
  folder=$(mktemp -d "${TMPDIR:-/tmp}/sluis-demo.XXXXXX")
fi
folder=$(cd "$folder" && pwd)
chmod 700 "$folder"
mkdir "$folder/seen" "$folder/people" "$folder/safe"

# shellcheck source=telling.sh
. "$here/telling.sh"
# shellcheck source=nodes.sh
. "$here/nodes.sh"

end() {
  local status=$? member
  trap - EXIT
  make_page
  if [ "$keep" = no ] || [ "$status" != 0 ]; then
    for member in "${!daemon[@]}"; do kill -TERM "${daemon[$member]}" 2>/dev/null || true; done
    wait
    rm -rf "$folder"
  fi
  exit "$status"
}
trap end EXIT

printf '%s  OEFENING - alle organisaties, mensen en feiten zijn verzonnen  %s\n' "$orange" "$off"
printf '    Gezamenlijke LIVC R Vaartland: gemeenten Lindervaart en Zandrode, PZ Drie Sluizen, PZ Heidezoom, CAW De Overzet.\n'
for steps in "$here"/steps/*.sh; do
  # shellcheck source=/dev/null
  . "$steps"
done

printf '\n%sWat er gebeurde%s\n' "$bold" "$off"
printf '  %s\n' "${table[@]}"
printf '  %d van %d stappen zoals het hoort, in %d seconden\n' "$passed" "$step_number" "$SECONDS"
printf '  Hetzelfde verslag als pagina: %s\n' "$page"

if [ "$keep" = yes ]; then
  printf '\nDe nodes draaien verder, in %s. Spreek als een persoon:\n' "$folder"
  for person in "$folder"/people/*/; do
    who=$(basename "$person")
    printf '  XDG_CONFIG_HOME=%s/people/%-17s %s/sluis %s\n' "$folder" "$who" "$bin" "${asks[$who]:-exchange status}"
  done
  printf 'Stoppen: kill %s; opruimen: rm -r %s\n' "${daemon[*]}" "$folder"
fi
