# Both logs are whole.
# shellcheck shell=bash
step "De privacy officers kijken na"
as dpo.lindervaart 0 log query --reason "steekproef van deze week" --limit 8
# A checkpoint covers it at the next tick.
sleep 0.5
as dpo.lindervaart 0 log export --out lindervaart.sluislog --reason "controle zonder de node"
as dpo.lindervaart 0 log verify lindervaart.sluislog
as dpo.caw 0 log export --out caw.sluislog --reason "controle zonder de node"
as dpo.caw 0 log verify caw.sluislog
done_as "beide logs kloppen, zonder de nodes nagekeken"
