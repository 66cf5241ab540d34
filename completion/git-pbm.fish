# fish completion for `git pbm` and `git-pbm`: put this file into conf.d, for fish 3.6 does not look elsewhere for the
# completion of a command of git's.

function __git_pbm_candidates
    set -l words (commandline -opc)
    set -l place (contains -i -- pbm $words) # behind options of git's own
    or set place 1
    set -l found (git-pbm complete $words[(math $place + 1)..] (commandline -ct) 2> /dev/null)
    switch "$found[-1]"
        case :files
            __fish_complete_path (commandline -ct)
        case :folders
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\n' $found
    end
end

complete -c git-pbm -f -a '(__git_pbm_candidates)'
complete -c git -f -n '__fish_git_using_command pbm' -a '(__git_pbm_candidates)'
