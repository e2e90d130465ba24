# strata.gdb: what makes strata easy to look at in gdb: gdb -x docs/debugger/strata.gdb PROGRAM, or
# in gdb: source docs/debugger/strata.gdb. Then: help connection, request, exchange, workers.

set pagination off
set confirm off
set history save off
set debuginfod enabled off
set breakpoint pending off
set print thread-events off
set filename-display basename
# A string in an array ends at its NUL; aaaa… is not shortened to 'a' <repeats 30 times>.
set print null-stop on
set print repeats unlimited

# step goes past the one-liners on texts, into what they are used for.
skip -gfi */http/text.h
# SIGTERM and SIGHUP are the server's own business; Ctrl-C, SIGINT, is for gdb.
handle SIGTERM SIGHUP nostop noprint pass

# --- Helpers. Each is tried in a frame apply that goes on where it fails, and after which the frame
# --- is selected that was before.

define find_serving
    select-frame function serve_connection
    set $worker = worker
    set $connection = connection
end
document find_serving
Helper: sets $worker and $connection, beneath serve_connection.
end

define find_given_back
    select-frame function transport_give_back
    set $connection = connection
end
document find_given_back
Helper: sets $connection, beneath transport_give_back.
end

define find_answering
    select-frame function exchange_answer
    set $answering = 1
end
document find_answering
Helper: sets $answering, beneath exchange_answer.
end

define find_sleeping
    select-frame function transport_next_ready
    set $sleeping = 1
end
document find_sleeping
Helper: sets $sleeping, beneath transport_next_ready.
end

define find_keeping_time
    select-frame function keep_time
    set $keeping_time = 1
end
document find_keeping_time
Helper: sets $keeping_time, beneath keep_time.
end

define find_all
    set $worker = 0
    set $connection = 0
    set $answering = 0
    set $sleeping = 0
    set $keeping_time = 0
    if $_thread != 0
        frame apply 1 -q -s find_serving
        frame apply 1 -q -s find_given_back
        frame apply 1 -q -s find_answering
        frame apply 1 -q -s find_sleeping
        frame apply 1 -q -s find_keeping_time
    end
end
document find_all
Helper: finds out what the selected thread is at.
end

define not_found
    if $_thread == 0
        echo Nothing runs: type run, or start.\n
    else
        echo This thread serves no connection just now: it is not beneath serve_connection.\n
        echo Try workers, and thread N for one that does.\n
    end
end
document not_found
Helper: says why there is nothing to show.
end

define show_text
    if ($arg0).length == 0
        echo ""
    else
        output *($arg0).start@($arg0).length
    end
end
document show_text
Helper: show_text TEXT: the characters of a struct text or struct octets, without blanks in TEXT.
end

define show_peer
    set $octets = (unsigned char *)&($arg0)
    if ($arg0).sin6_family == 2
        printf "%d.%d.%d.%d", $octets[4], $octets[5], $octets[6], $octets[7]
    else
        set $i = 8
        while $i < 24
            printf "%x", $octets[$i] * 256 + $octets[$i + 1]
            set $i = $i + 2
            if $i < 24
                echo :
            end
        end
    end
    printf ", port %d\n", $octets[2] * 256 + $octets[3]
end
document show_peer
Helper: show_peer ADDRESS: a struct sockaddr_in6, or a sockaddr_in where it says so.
end

# --- connection ----------------------------------------------------------------------------------

define connection
    if $argc == 0
        find_all
    else
        set $connection = &($arg0)
    end
    if $connection == 0
        not_found
    else
        set $slot = $connection - main::server.transport.table
        if $connection->descriptor < 0
            printf "connection  slot %d, free\n", $slot
        else
            show_connection
        end
    end
end
document connection
connection [EXPRESSION]: the connection that this thread serves, or the one that EXPRESSION is.
For example main::server.transport.table[0], without blanks.
end

define show_connection
    printf "connection  slot %d, descriptor %d\n", $slot, $connection->descriptor
    printf "peer        "
    show_peer $connection->peer
    printf "wait        "
    output (enum wait)$connection->wait
    if $connection->seat != 0
        echo , until this turn began
    end
    printf "\nlock        "
    if $connection->lock.__data.__owner == 0
        echo free\n
    else
        printf "held by LWP %d\n", $connection->lock.__data.__owner
    end
    printf "received    %lu octets, ", $connection->received
    if $connection->input_length == 0
        echo all used\n
    else
        printf "%u not yet used: ", $connection->input_length
        set $input = $connection->parked
        if $connection->seat != 0
            set $input = &$connection->seat->input[$connection->seat->input_start]
        end
        output *$input@$connection->input_length
        echo \n
    end
    printf "sent        %lu octets, %u queued", $connection->sent, $connection->output_length
    if $connection->file.descriptor >= 0
        printf ", then %lu of descriptor %d", $connection->file.length, $connection->file.descriptor
    end
    printf "\ndeadline    "
    if $connection->deadline == 9223372036854775807
        echo none\n
    else
        printf "%.3f s after the clock of the wait started\n", \
            ($connection->deadline - $connection->start) / 1e9
    end
end
document show_connection
Helper: shows $connection, which is in $slot.
end

# --- request -------------------------------------------------------------------------------------

define request
    find_all
    if $worker == 0
        not_found
    else
        if $worker->exchange.request.line.start == 0
            echo No request yet.\n
        else
            show_request
        end
    end
end
document request
request: the request that this thread answers: method, target, version, and each field line.
end

define show_request
    set $request = &$worker->exchange.request
    if !$answering
        echo No request is being answered just now; the one before was:\n
    end
    printf "method      "
    if $request->method.length == 0
        echo not yet parsed\ntarget      not yet parsed\nversion     not yet parsed\n
    else
        show_text $request->method
        printf "\ntarget      "
        show_text $request->target
        printf "\nversion     HTTP/%d.%d\n", $request->major_version, $request->minor_version
    end
    printf "field lines %lu\n", $request->field_count
    set $field = 0
    while $field < $request->field_count
        printf "  "
        show_text $request->fields[$field].name
        printf ": "
        show_text $request->fields[$field].value
        echo \n
        set $field = $field + 1
    end
end
document show_request
Helper: shows the request of $worker.
end

# --- exchange ------------------------------------------------------------------------------------

define exchange
    find_all
    if $worker == 0
        not_found
    else
        if $worker->exchange.request.line.start == 0
            echo No request yet.\n
        else
            show_exchange
        end
    end
end
document exchange
exchange: what this thread has found out for the request it answers, and what it responds.
end

define show_asked
    if $exchange->method == 0
        if $exchange->response.broken
            echo not yet looked up\n
        else
            echo not found\n
        end
    else
        printf "%s\n", $exchange->method->token
    end
    printf "path        %s\nquery       ", $exchange->target.path
    show_text $exchange->target.query
    echo \n
end
document show_asked
Helper: shows what $exchange was asked for, once its head is parsed.
end

define show_exchange
    set $exchange = &$worker->exchange
    if !$answering
        echo No request is being answered just now; the one before was:\n
    end
    printf "method      "
    if $exchange->request.method.length == 0
        echo not yet looked up\npath        not yet parsed\nquery       not yet parsed\n
    else
        show_asked
    end
    printf "file        "
    if $exchange->file.descriptor < 0 && $exchange->file.content == 0
        echo none\n
    else
        printf "%lu octets, %s, ", $exchange->file.size, $exchange->file.media_type
        if $exchange->file.descriptor < 0
            echo in memory\n
        else
            printf "descriptor %d\n", $exchange->file.descriptor
        end
    end
    printf "status      "
    if $exchange->response.broken
        echo not yet decided
    else
        output $exchange->response.status
    end
    printf "\ncontent     "
    if $exchange->response.broken
        echo none yet\n
    else
        if $exchange->octets.length > 0
            printf "%lu octets of memory\n", $exchange->octets.length
        else
            printf "%lu octets of the file, from octet %lu on\n", \
                $exchange->range.length, $exchange->range.first_pos
        end
    end
end
document show_exchange
Helper: shows the exchange of $worker.
end

# --- workers -------------------------------------------------------------------------------------

define show_worker
    find_all
    printf "  "
    if $worker != 0
        printf "slot %d: ", $connection - main::server.transport.table
        if $answering && $worker->exchange.request.line.length > 0
            show_text $worker->exchange.request.line
        else
            output (enum wait)$connection->wait
        end
        printf ", locked by LWP %d\n", $connection->lock.__data.__owner
    else
        if $sleeping
            echo waits for a connection, or takes one\n
        else
            if $keeping_time
                echo keeps time\n
            else
                echo between two turns, or at the start or the end\n
            end
        end
    end
end
document show_worker
Helper: shows what the selected thread is at.
end

define workers
    if $_thread == 0
        not_found
    else
        thread apply all -ascending -s show_worker
    end
end
document workers
workers: what each thread is at; thread 1 is the timekeeper.
Where a connection is served: its slot, the request line or what it has waited for, and which thread
(LWP) holds its lock.
end
