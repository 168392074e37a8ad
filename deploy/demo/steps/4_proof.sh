# Both logs are whole and agree; a log that was changed does not stay unseen.
# shellcheck shell=bash
# export_for MEMBER PARTNER FILE: the privacy officer takes from the log what concerns one partner.
export_for() {
  as "dpo.$1" 0 log export --for "${org[$2]}" --out "$3" --reason "afstemming met ${name[$2]}"
}

step "De privacy officers kijken na"
as dpo.lindervaart 0 log query --reason "steekproef van deze week" --limit 8
# A checkpoint covers it at the next tick.
sleep 0.5
as dpo.lindervaart 0 log export --out lindervaart.sluislog --reason "controle zonder de node"
as dpo.lindervaart 0 log verify lindervaart.sluislog
as dpo.caw 0 log export --out caw.sluislog --reason "controle zonder de node"
as dpo.caw 0 log verify caw.sluislog
done_as "beide logs kloppen, zonder de nodes nagekeken"

step "Twee logs naast elkaar"
tell "Elk geeft de ander alleen wat hen samen aangaat; van de rest enkel de controlegetallen."
export_for caw lindervaart caw-voor-lindervaart.sluislog
export_for lindervaart caw lindervaart-voor-caw.sluislog
as dpo.caw 0 log reconcile caw-voor-lindervaart.sluislog lindervaart-voor-caw.sluislog --manifest vaartland.manifest
done_as "elke deling staat in beide logs"

# rewrite IN OUT [LOG-KEY]: falsifies a copy, and tells how.
rewrite() {
  (cd "$folder" && node "$here/rewrite_export.mjs" "$@") >"$folder/seen/rewrite" 2>&1 || fail "de kopie is niet vervalst" "$folder/seen/rewrite"
  tell "$(cat "$folder/seen/rewrite")"
}

step "Zwak vervalst: één bit in een kopie"
rewrite lindervaart.sluislog zwak.sluislog
as dpo.lindervaart 1 log verify zwak.sluislog
done_as "gevonden, met het nummer van de handeling"

step "Sterk vervalst: alles herrekend en opnieuw ondertekend"
tell "Wie de node beheert, heeft de sleutel van het log. Hij doet alsof er van het CAW nooit iets kwam."
rewrite lindervaart-voor-caw.sluislog sterk.sluislog lindervaart/keys/log.key
as dpo.lindervaart 0 log verify sterk.sluislog
tell "Op zichzelf klopt dat log. Maar het CAW bewaarde het ontvangstbewijs."
as dpo.caw 1 log reconcile caw-voor-lindervaart.sluislog sterk.sluislog --manifest vaartland.manifest
must_say dpo.caw "verschil: [1-9]"
done_as "gevonden door het ontvangstbewijs van de partner"
