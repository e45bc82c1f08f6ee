#include "pipeline/contact/mail_out.h"
#include "pipeline/contact/mail_text.h"
#include "pipeline/contact/mail_who.h"
#include "pipeline/contact/message.h"

#include "pipeline/contact/mail_trial.h"

static const char nobody[] = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

static int
one(const struct mail_text *t, const struct mail_unit *of, const char *to,
    void *ctx, struct err *err)
{
	struct arena *arena = arena_new();
	struct mail_unit u = *of;
	struct handed h;
	struct letter l;
	int r;

	u.address = to;
	u.token = nobody;
	r = mail_text_letter(t, &u, 0, arena, &l, err);
	if (r == 0 && (r = mail_smtp.hand(ctx, &l, &h, err)) == 0 &&
	    h.end != HANDED_SENT)
		r = err_set(err, h.end == HANDED_REFUSED ? EX_UNAVAILABLE :
		    EX_TEMPFAIL, "the mail server: %s", h.text);
	arena_free(arena);
	return r;
}

int
mail_trial(const struct world *w, const struct study *study, int64_t study_id,
    const char *wave, const char *to, int most, int *sent, struct err *err)
{
	struct mail_text text = { .template = BUF(0) };
	struct mail_wave v;
	void *ctx = NULL;
	int r = -1;

	*sent = 0;
	if (!message_address(to))
		return err_set(err, EX_USAGE, "--to-me: this is no address");
	if (mail_wave_read(w, study_id, wave, &v, err) != 0 ||
	    mail_text_load(w, study, &v, 1, v.bounce, &text, err) != 0 ||
	    mail_smtp.connect(w->set, &ctx, err) != 0)
		goto out;
	r = 0;
	for (size_t i = 0; r == 0 && i < v.n && *sent < most; i++) {
		if (v.unit[i].why != MAIL_WRITE)
			continue;
		text.trial = *sent + 1;
		r = one(&text, &v.unit[i], to, ctx, err);
		*sent += r == 0;
	}
	mail_smtp.close(ctx);
out:
	mail_text_free(&text);
	mail_wave_free(&v);
	return r;
}
