# Keeps one server: runs it, and stops it when the pipe on descriptor 3 closes, which happens when the
# program that started it ends in whatever way. Reports the server's pid on descriptor 4.
# Usage: keeper.sh SIGNAL SECONDS COMMAND [ARGUMENT...]
signal=$1
seconds=$2
shift 2
"$@" 3<&- 4>&- &
child=$!
echo "$child" >&4
exec 4>&-
(
  read -r _ <&3
  kill -s "$signal" "$child" 2>/dev/null
  # A server that is stopped (SIGSTOP) takes the signal only once it runs again.
  kill -s CONT "$child" 2>/dev/null
  waited=0
  while kill -0 "$child" 2>/dev/null && [ "$waited" -lt "$seconds" ]; do
    sleep 1
    waited=$((waited + 1))
  done
  kill -s KILL "$child" 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
