# Telling what happens: on the terminal and, in the same words, on a page. Sourced by run.sh, which sets folder and page.
# shellcheck shell=bash
if [ -t 1 ]; then orange=$'\e[48;5;208;30m' bold=$'\e[1m' off=$'\e[0m'; else orange='' bold='' off=''; fi
step_number=0 passed=0 title=
declare -a table=() page_rows=()

# Text of anybody, as text of a page.
escaped() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g; s/'\''/\&#39;/g'; }
on_page() { printf '%s\n' "$*" >>"$folder/page.body"; }
text_on_page() { printf '%s' "$2" | escaped | { printf '<%s>' "$1"; cat; printf '</%s>\n' "${1%% *}"; } >>"$folder/page.body"; }

step() {
  step_number=$((step_number + 1)) title=$1
  printf '\n%s %d. %s %s\n' "$bold" "$step_number" "$title" "$off"
  [ "$step_number" = 1 ] || on_page '</section>'
  on_page "<section id=\"stap$step_number\">"
  text_on_page h2 "$step_number. $title"
}
tell() {
  printf '    %s\n' "$*"
  text_on_page p "$*"
}
# done_as TEXT: the step went as it should; TEXT goes into the closing table.
done_as() {
  passed=$((passed + 1))
  # printf counts bytes, and these words have accents.
  local gap=$((58 - ${#title}))
  table+=("$(printf '%2d  %s%*s%s' "$step_number" "$title" "$((gap > 1 ? gap : 1))" '' "$1")")
  page_rows+=("<tr><td>$step_number</td><td><a href=\"#stap$step_number\">$(printf '%s' "$title" | escaped)</a></td><td>$(printf '%s' "$1" | escaped)</td></tr>")
  text_on_page 'p class="done"' "$1"
}
# fail TEXT [FILE]: something did not go as told; FILE is what was seen last.
fail() {
  printf '\n    NIET ZOALS HET HOORT: %s\n' "$1" >&2
  if [ -s "${2:-}" ]; then sed 's/^/      /' "$2" >&2; fi
  text_on_page 'p class="wrong"' "Niet zoals het hoort: $1"
  exit 1
}

# The command line as a person would type it, without the long names of folders.
typed() {
  local word
  for word in "$@"; do
    word=${word//$folder\//}
    if [[ $word =~ ^[A-Za-z0-9_./:=,@+%-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "${word//\'/\'\\\'\'}"; fi
  done
}
# shown WHO FILE ARGUMENTS...: what somebody typed and saw.
shown() {
  local who=$1 file=$2
  shift 2
  printf '    %s$ sluis%s\n' "$who" "$(typed "$@")"
  sed "s#$folder/##g; s/^/      /; s/^      \(OEFENING.*\)$/      $orange\1$off/" "$file"
  {
    printf '<div class="typed"><b>%s</b>$ sluis%s</div>\n<pre>' "$who" "$(typed "$@" | escaped)"
    sed "s#$folder/##g" "$file" | escaped | sed 's#^OEFENING.*$#<span class="exercise">&</span>#'
    printf '</pre>\n'
  } >>"$folder/page.body"
}

# The whole page: one file, nothing fetched from anywhere, no script.
make_page() {
  local state
  [ -f "$folder/page.body" ] || return 0
  state="$passed van $step_number stappen zoals het hoort"
  mkdir -p "$(dirname "$page")"
  {
    cat <<'HEAD'
<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluis: verslag van een oefening</title>
<style>
body { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 0 1rem 4rem; color: #1b1b1b; background: #fff; }
.banner { background: #f58a1f; color: #1b1000; font-weight: 600; padding: .6rem 1rem; margin: 0 -1rem 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; border-top: 1px solid #ccc; padding-top: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd; }
.typed { font: .9rem/1.4 ui-monospace, monospace; background: #eef1f4; padding: .4rem .7rem; margin-top: .8rem; overflow-wrap: anywhere; }
pre { font: .85rem/1.45 ui-monospace, monospace; background: #f8f8f6; padding: .5rem .7rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.exercise { background: #f58a1f; color: #1b1000; }
.done { font-weight: 600; color: #17602b; }
.done::before { content: "\2713\a0"; }
.wrong { font-weight: 600; color: #a11; }
a { color: #0b4f8a; }
</style>
</head>
<body>
<div class="banner">OEFENING: alle organisaties, mensen en feiten zijn verzonnen</div>
<h1>Eén signaal steekt over, volgens de regels, en beide logs bewijzen het</h1>
<p>Gezamenlijke LIVC R Vaartland: vijf organisaties, elk met een eigen node, die alleen via het commando <code>sluis</code> bediend worden. Wat hieronder bij elke stap staat, is wat mensen typten en wat ze te zien kregen.</p>
HEAD
    printf '<p><b>%s</b>, gemaakt op %s.</p>\n' "$state" "$(date '+%d/%m/%Y om %H:%M')"
    printf '<table>\n<thead><tr><th>Stap</th><th>Wat er gebeurde</th><th>Uitkomst</th></tr></thead>\n<tbody>\n'
    if [ ${#page_rows[@]} -gt 0 ]; then printf '%s\n' "${page_rows[@]}"; fi
    printf '</tbody>\n</table>\n'
    cat "$folder/page.body"
    printf '</section>\n</body>\n</html>\n'
  } >"$page"
}
