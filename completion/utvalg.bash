# Completion of utvalg(1) for bash.  Made by `utvalg help --completion`
# from the table of commands; do not edit.

# shellcheck shell=bash
_utvalg() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local cmd='' opts words='' last='' files='' studies='' i n=0 w
	local -a world=()

	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == --config ]] && world=(--config "${COMP_WORDS[i+1]}")
		case ${COMP_WORDS[i]} in
		--config|--lang|--as-of|--from|--kind|--date|--accept-loss|--reason|--source|--until|--since|--format|--more|--to|--replace|--why|--margin|--share|--sd|--level|--population|--delivered|--active|--answering|--by|--post|--rake|--calibrate|--bounds|--e|--wave|--out|--preview|--to-me|--resolve|--maildir|--mbox|--imap|--pop3|--study|--recipient|--line|--standard|--accept|--rules|--check|--I|--P|--R|--NC|--O|--UH|--UR|--UO|--NE|--interval|--mdoc) ((i++)) ;;
		-*) ;;
		*) if [[ -z $cmd ]]; then cmd=${COMP_WORDS[i]}; else ((n++)); fi ;;
		esac
	done
	opts='--config --lang --quiet --verbose --json --dry-run --wait --no-wait --help --version'
	COMPREPLY=()
	case $cmd:$prev in
	*:--config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	*:--lang)
		mapfile -t COMPREPLY < <(compgen -W 'nb en' -- "$cur")
		return ;;
	plan:--as-of)
		return ;;
	pull:--from)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	pull:--kind)
		mapfile -t COMPREPLY < <(compgen -W 'enhet underenhet' -- "$cur")
		return ;;
	pull:--date)
		return ;;
	pull:--accept-loss)
		return ;;
	extract:--kind)
		mapfile -t COMPREPLY < <(compgen -W 'enhet underenhet' -- "$cur")
		return ;;
	unit:--as-of)
		return ;;
	erase:--reason)
		return ;;
	suppress:--from)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	suppress:--reason)
		mapfile -t COMPREPLY < <(compgen -W 'manual opt-out refused hard-bounce' -- "$cur")
		return ;;
	suppress:--source)
		return ;;
	suppress:--until)
		return ;;
	audit:--since)
		return ;;
	list:--format)
		mapfile -t COMPREPLY < <(compgen -W 'text csv excel json' -- "$cur")
		return ;;
	frame:--as-of)
		return ;;
	draw:--more)
		return ;;
	draw:--to)
		return ;;
	draw:--replace)
		return ;;
	draw:--why)
		return ;;
	sample:--format)
		mapfile -t COMPREPLY < <(compgen -W 'csv excel xlsx sav dta' -- "$cur")
		return ;;
	size:--margin)
		return ;;
	size:--share)
		return ;;
	size:--sd)
		return ;;
	size:--level)
		return ;;
	size:--population)
		return ;;
	size:--delivered)
		return ;;
	size:--active)
		return ;;
	size:--answering)
		return ;;
	weights:--by)
		mapfile -t COMPREPLY < <(compgen -W 'none stratum area group form' -- "$cur")
		return ;;
	weights:--post)
		mapfile -t COMPREPLY < <(compgen -W 'area group form' -- "$cur")
		return ;;
	weights:--rake)
		return ;;
	weights:--calibrate)
		return ;;
	weights:--bounds)
		return ;;
	weights:--e)
		return ;;
	mail:--wave)
		return ;;
	mail:--out)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	mail:--preview)
		return ;;
	mail:--to-me)
		return ;;
	mail:--resolve)
		mapfile -t COMPREPLY < <(compgen -W 'sent again' -- "$cur")
		return ;;
	bounces:--maildir)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	bounces:--mbox)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	bounces:--imap)
		return ;;
	bounces:--pop3)
		return ;;
	bounces:--study)
		return ;;
	bounces:--kind)
		mapfile -t COMPREPLY < <(compgen -W 'bounce delayed delivered auto-reply feedback mdn challenge other broken' -- "$cur")
		return ;;
	bounces:--reason)
		return ;;
	bounces:--recipient)
		return ;;
	bounces:--line)
		return ;;
	bounces:--why)
		return ;;
	optout:--reason)
		return ;;
	table:--format)
		mapfile -t COMPREPLY < <(compgen -W 'text csv excel json md latex xlsx' -- "$cur")
		return ;;
	table:--by)
		return ;;
	table:--e)
		return ;;
	night:--from)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	key:--out)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	nace:--standard)
		return ;;
	nace:--to)
		return ;;
	region:--to)
		return ;;
	klass:--accept)
		return ;;
	email:--format)
		mapfile -t COMPREPLY < <(compgen -W 'text csv excel json' -- "$cur")
		return ;;
	bounce:--rules)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	bounce:--check)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	rates:--I)
		return ;;
	rates:--P)
		return ;;
	rates:--R)
		return ;;
	rates:--NC)
		return ;;
	rates:--O)
		return ;;
	rates:--UH)
		return ;;
	rates:--UR)
		return ;;
	rates:--UO)
		return ;;
	rates:--NE)
		return ;;
	rates:--e)
		return ;;
	rates:--interval)
		mapfile -t COMPREPLY < <(compgen -W 'wilson exact' -- "$cur")
		return ;;
	rates:--format)
		mapfile -t COMPREPLY < <(compgen -W 'text json md' -- "$cur")
		return ;;
	help:--mdoc)
		mapfile -t COMPREPLY < <(compgen -W 'commands options exits conf study example' -- "$cur")
		return ;;
	esac
	case $cmd in
	'')
		words='status study plan pull extract unit erase suppress audit list frame draw verify sample size weights mail bounces answers optout table report package night request requests key config doctor backup migrate nace region klass email bounce rates help'
		;;
	status)
		opts+=' --names'
		;;
	study)
		opts+=' '
		words='check renew'
		files=1
		;;
	plan)
		opts+=' --as-of'
		files=1
		studies=1
		;;
	pull)
		opts+=' --from --kind --date --changes --accept-loss'
		;;
	extract)
		opts+=' --list --kind'
		words='list show check diff prune'
		files=1
		;;
	unit)
		opts+=' --as-of --history'
		;;
	erase)
		opts+=' --reason'
		;;
	suppress)
		opts+=' --from --reason --source --until'
		words='add list remove'
		;;
	audit)
		opts+=' --since'
		;;
	list)
		opts+=' --format'
		words='review'
		files=1
		studies=1
		;;
	frame)
		opts+=' --as-of --units'
		last=' '
		files=1
		studies=1
		;;
	draw)
		opts+=' --more --to --reserves --replace --why'
		files=1
		studies=1
		;;
	verify)
		opts+=' '
		files=1
		studies=1
		;;
	sample)
		opts+=' --format --token'
		files=1
		studies=1
		;;
	size)
		opts+=' --margin --share --sd --level --population --delivered --active --answering'
		;;
	weights)
		opts+=' --by --post --rake --calibrate --bounds --e'
		files=1
		studies=1
		;;
	mail)
		opts+=' --wave --out --preview --to-me --resolve --anyway'
		files=1
		studies=1
		;;
	bounces)
		opts+=' --maildir --mbox --imap --pop3 --replay --apply --study --kind --reason --unlocated --unknown --disputed --held --addresses --recipient --hard --soft --not-bounce --reviewed --line --why'
		files=1
		studies=1
		;;
	answers)
		opts+=' '
		files=1
		studies=1
		;;
	optout)
		opts+=' --all --undo --reason'
		files=1
		studies=1
		;;
	table)
		opts+=' --format --by --e'
		last='net rates funnel codes returns missing rindicator days aapor cross NAME'
		files=1
		studies=1
		;;
	report)
		opts+=' '
		files=1
		studies=1
		;;
	package)
		opts+=' --zip --contact --identified --open --force'
		files=1
		studies=1
		;;
	night)
		opts+=' --from'
		;;
	request)
		opts+=' '
		files=1
		;;
	requests)
		opts+=' '
		words='list serve'
		;;
	key)
		opts+=' --out'
		words='list rotate'
		;;
	config)
		opts+=' '
		words='show check'
		;;
	doctor)
		opts+=' '
		;;
	backup)
		opts+=' '
		;;
	migrate)
		opts+=' '
		;;
	nace)
		opts+=' --standard --to'
		words='show translate search'
		;;
	region)
		opts+=' --all --to'
		words='show at'
		;;
	klass)
		opts+=' --accept'
		words='sync show'
		;;
	email)
		opts+=' --stdin-json --store --ask --format'
		words='check mx review'
		files=1
		studies=1
		;;
	bounce)
		opts+=' --rules --check'
		words='explain rules'
		files=1
		;;
	rates)
		opts+=' --I --P --R --NC --O --UH --UR --UO --NE --e --interval --format'
		;;
	help)
		opts+=' --completion --mdoc'
		words='exits status study plan pull extract unit erase suppress audit list frame draw verify sample size weights mail bounces answers optout table report package night request requests key config doctor backup migrate nace region klass email bounce rates help'
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$opts" -- "$cur")
		return
	fi
	if ((n == 0)); then
		if [[ -n $studies ]]; then
			w=$(utvalg "${world[@]}" status --names 2>/dev/null)
			words+=" $w"
		fi
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
	if ((n > 0)) && [[ -n $last ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$last" -- "$cur")
	elif [[ -n $files ]]; then
		compopt -o filenames
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -F _utvalg utvalg
