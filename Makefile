# utvalg -- from the business register to survey samples that stand up.
#
#	make demo		install what is missing, build, run the report's study
#	make check		install what is missing, build, run all tests
#
#	make			build
#	make deps		install what is missing (packages.txt)
#	make asan		the tests under address and undefined-behaviour sanitizers
#	make valgrind		the unit tests under valgrind
#	make lint		headers alone, floors, clang-tidy, cppcheck, shellcheck, mandoc
#	make cover		line coverage of the unit tests
#	make fuzz FOR=60	fuzz each parser for 60 seconds
#	make bench		speed and memory, as ratios (UNITS=1150000 RUNS=3 TEN=1)
#	make repro		build twice in two places; the bytes must agree
#	make install DESTDIR= PREFIX=
#	make clean
#
# A stranger's compiler must not break the build: -Werror only with WERROR=1.
# V=1 shows the commands.

PREFIX	?= /usr/local
DESTDIR	?=
VERSION	:= $(shell cat VERSION)
MODE	?= release
O	?= build/$(MODE)
FOR	?= 30
WERROR	?=
Q	:= $(if $(V),,@)
CLANG	?= clang
PKG_CONFIG ?= pkg-config
LIBS	:= sqlite3 libcurl zlib inih libpcre2-8 libidn2 libpsl gmime-3.0 glib-2.0 nettle xlsxwriter
LIBS	+= libcares libxml-2.0 libzip
TESTLIBS := cmocka libmicrohttpd yajl
# Optional: twice the speed on extracts.  NO_ISAL=1 builds without.
ISAL	:= $(if $(NO_ISAL),,$(shell $(PKG_CONFIG) --exists libisal 2>/dev/null && echo libisal))
LIBS	+= $(ISAL)

# --- what is built, floor by floor --------------------------------------------
# A folder is a floor and a static archive.  It may include and link only those
# named in its below_ list; its tests are linked with nothing else, so that a
# call upward or sideways does not link.

stages	:= register frame sample contact tables
floors	:= base nace config email store $(stages) pipeline cmd

dir_base	:= pipeline/base
dir_nace	:= nace
dir_config	:= config
dir_email	:= email
dir_store	:= pipeline/store
dir_register	:= pipeline/register
dir_frame	:= pipeline/frame
dir_sample	:= pipeline/sample
dir_contact	:= pipeline/contact
dir_tables	:= pipeline/tables
dir_pipeline	:= pipeline
dir_cmd		:= cmd

below_base	:=
below_nace	:= base
below_config	:= base
below_email	:= base
below_store	:= email config nace base
$(foreach s,$(stages),$(eval below_$(s) := store email config nace base))
below_pipeline	:= $(stages) store email config nace base
below_cmd	:= pipeline $(below_pipeline)

mains	:= cmd/utvalg.c cmd/utvalg_hook.c
progs	:= utvalg utvalg-hook
main_utvalg	:= cmd/utvalg.c
main_utvalg-hook := cmd/utvalg_hook.c

src	= $(filter-out $(mains) %_test.c %_fuzz.c,$(wildcard $(dir_$(1))/*.c))
tsrc	= $(wildcard $(dir_$(1))/*_test.c)

fuzzers	:= $(foreach f,$(floors),$(wildcard $(dir_$(f))/*_fuzz.c))

# --- how ----------------------------------------------------------------------

CFLAGS	?= -O2 -g
WARN	:= -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wwrite-strings -Wpointer-arith -Wcast-qual -Wformat=2 -Wvla -Wundef \
	-Wswitch-enum -Wnull-dereference $(if $(WERROR),-Werror)
HARDEN	:= -fstack-protector-strong -fstack-clash-protection -fPIE \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2

ifeq ($(MODE),release)
mode_c	:= $(HARDEN)
mode_l	:= -pie -Wl,-z,relro,-z,now -Wl,--as-needed
else ifeq ($(MODE),asan)
mode_c	:= -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
mode_l	:= -fsanitize=address,undefined
else ifeq ($(MODE),fuzz)
mode_c	:= -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
mode_l	:= -fsanitize=fuzzer,address,undefined
else ifeq ($(MODE),cover)
mode_c	:= -O0 --coverage
mode_l	:= --coverage
else
$(error MODE is release, asan, fuzz or cover, not "$(MODE)")
endif

# Library headers are not ours to warn about.
sys_c	:= $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null; \
	$(PKG_CONFIG) --cflags $(TESTLIBS) 2>/dev/null))
std_c	:= -std=c11 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -I. -I$(O) $(sys_c) \
	-DVERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' $(if $(ISAL),-DHAVE_ISAL)
map_c	:= -ffile-prefix-map=$(CURDIR)=.
all_c	= $(std_c) $(CPPFLAGS) $(CFLAGS) $(WARN) $(mode_c) $(map_c)
all_l	= $(mode_l) $(LDFLAGS)
all_lib	:= $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null) -lreadstat -lacl -lunistring -lm -pthread

objs	= $(patsubst %.c,$(O)/%.o,$(call src,$(1))) $(patsubst %,$(O)/%.o,$(embed_$(1)))
ar	= $(patsubst %,$(O)/%.a,$(1))
test_bin = $(patsubst %.c,$(O)/%,$(call tsrc,$(1)))
tests	:= $(foreach f,$(floors),$(call test_bin,$(f)))
bins	:= $(progs:%=$(O)/%)

# Data compiled in: every octet of FILE as embed_NAME[], length embed_NAME_len.
embed_store	:= $(wildcard pipeline/store/*.sql)
embed_nace	:= $(wildcard nace/data/*.tsv)
embed_contact	:= $(wildcard pipeline/contact/*.rules)
embed_tables	:= $(wildcard pipeline/tables/*.css)

.PHONY: all deps demo check check-built asan valgrind lint cover fuzz bench repro install clean floors
.DELETE_ON_ERROR:
.SECONDARY:

all: $(bins)

deps:
	@sh tests/deps.sh build $(if $(filter deps,$(MAKECMDGOALS)),check)

$(O)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_c) -MMD -MP -c -o $@ $<

embed_name = $(subst -,_,$(subst .,_,$(notdir $(1))))
define embed
$(O)/$(1).c: $(1)
	@mkdir -p $$(@D)
	@{ echo '#include <stddef.h>'; \
	   echo 'extern const unsigned char embed_$(call embed_name,$(1))[];'; \
	   echo 'extern const size_t embed_$(call embed_name,$(1))_len;'; \
	   echo 'const unsigned char embed_$(call embed_name,$(1))[] = {'; \
	   od -An -v -tx1 $$< | sed 's/ \(..\)/0x\1,/g'; echo '0x00 };'; \
	   echo "const size_t embed_$(call embed_name,$(1))_len = $$$$(wc -c < $$<);"; } > $$@
$(O)/$(1).o: $(O)/$(1).c
	$$(Q)$$(CC) $$(std_c) $$(CFLAGS) $$(mode_c) $$(map_c) -c -o $$@ $$<
endef
$(foreach f,$(floors),$(foreach e,$(embed_$(f)),$(eval $(call embed,$(e)))))

define floor
$(O)/$(1).a: $(call objs,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$^
endef
$(foreach f,$(floors),$(eval $(call floor,$(f))))

define program
$(O)/$(1): $(main_$(1):%.c=$(O)/%.o) $(call ar,cmd $(below_cmd))
	$$(Q)$$(CC) $$(all_l) -o $$@ $$^ $$(all_lib)
endef
$(foreach p,$(progs),$(eval $(call program,$(p))))

define test
$(O)/$(2): $(O)/$(2).o $(call ar,$(1) $(below_$(1)))
	$$(Q)$$(CC) $$(all_l) -o $$@ $$^ $$(all_lib) $$(shell $$(PKG_CONFIG) --libs $$(TESTLIBS))
endef
$(foreach f,$(floors),$(foreach t,$(patsubst %.c,%,$(call tsrc,$(f))),$(eval $(call test,$(f),$(t)))))

# Programs that only tests use: generators and stand-ins, one file each.
tool_libs_httpd := -lmicrohttpd
tools	:= $(patsubst tests/%.c,$(O)/tests/%,$(wildcard tests/tools/*.c))
$(O)/tests/tools/%: $(O)/tests/tools/%.o $(O)/base.a
	$(Q)$(CC) $(all_l) -o $@ $^ $(all_lib) $(tool_libs_$*)

# Each archive with all it holds, on top of those beneath and nothing else.
floors: $(floors:%=$(O)/%.linked)
define linked
$(O)/$(1).linked: $(call ar,$(1) $(below_$(1)))
	@echo 'int main(void){return 0;}' | $$(CC) -x c $$(CFLAGS) $$(mode_c) -c -o $$@.o -
	@$$(CC) $$(all_l) -o $$@ $$@.o -Wl,--whole-archive $(O)/$(1).a \
		-Wl,--no-whole-archive $(call ar,$(below_$(1))) $$(all_lib)
endef
$(foreach f,$(floors),$(eval $(call linked,$(f))))

# --- doing things with it -----------------------------------------------------

demo:
	@sh tests/deps.sh build
	@$(MAKE) --no-print-directory -s all $(O)/tests/tools/gen
	@O='$(O)' sh tests/demo.sh

check:
	@sh tests/deps.sh build check
	@$(MAKE) --no-print-directory check-built

check-programs: $(bins) $(tests) $(tools) floors
.PHONY: check-programs check-built

check-built: check-programs
	@O='$(O)' MODE='$(MODE)' sh tests/run.sh $(tests)

asan:
	$(MAKE) MODE=asan check-built

valgrind: $(tests)
	@O='$(O)' MODE=valgrind UNIT_ONLY=1 \
	    RUN='valgrind -q --leak-check=full --error-exitcode=9' sh tests/run.sh $(tests)

lint:
	@sh tests/deps.sh build check ci
	@MAKEFLAGS= $(MAKE) --no-print-directory $(patsubst %,$(O)/%.c,$(foreach f,$(floors),$(embed_$(f))))
	@STD_C="$(subst ",\",$(std_c))" sh tests/lint.sh

# Fuzzers: FOLDER/NAME_fuzz.c, one parser each, own seeds in tests/corpus/NAME.
fuzz:
	@sh tests/deps.sh build check ci
	@$(MAKE) --no-print-directory MODE=fuzz CC='$(CLANG)' O=build/fuzz WARN= fuzz-built
.PHONY: fuzz-built
fuzz-built: $(patsubst %.c,$(O)/%,$(fuzzers))
	@for f in $^; do n=$$(basename $$f); c=tests/corpus/$${n%_fuzz}; \
	    mkdir -p $(O)/found/$$n $$c; echo "fuzz $$n, $(FOR) s"; \
	    $$f -max_total_time=$(FOR) -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
		-verbosity=0 -artifact_prefix=$(O)/ $(O)/found/$$n $$c || exit 1; done

define fuzzer
$(O)/$(2): $(O)/$(2).o $(call ar,$(1) $(below_$(1)))
	$$(Q)$$(CC) $$(all_l) -o $$@ $$^ $$(all_lib)
endef
$(foreach f,$(floors),$(foreach z,$(wildcard $(dir_$(f))/*_fuzz.c),$(eval $(call fuzzer,$(f),$(z:%.c=%)))))

repro:
	@rm -rf build/a build/b && mkdir -p build/a build/b/elsewhere
	@git ls-files -z | tar --null -cf - -T - | tar -xf - -C build/a
	@tar -C build/a -cf - . | tar -xf - -C build/b/elsewhere
	@$(MAKE) -s -C build/a all && $(MAKE) -s -C build/b/elsewhere all
	@for p in $(progs); do cmp build/a/build/release/$$p build/b/elsewhere/build/release/$$p || exit 1; done
	@rm -rf build/a build/b
	@echo "the same bytes twice"

install: $(bins)
	@O='$(O)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' sh systemd/install.sh

clean:
	rm -rf build

-include $(shell find $(O) -name '*.d' 2>/dev/null)
